"""Words of a question that no manual of the reader's holds, and the words that were meant.

A word is only ever added: what was typed is searched for as well. Words that the manuals know,
figures and names stay untouched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.japanese.tokens import Word, words
from assistant.understanding.vocabulary import Vocabulary, Words

_HIRAGANA: Final = re.compile(r"[\u3041-\u3096ー]+")
_KATAKANA: Final = re.compile(r"[\u30a1-\u30faー]{4,}")
_LATIN: Final = re.compile(r"[a-z]{5,}")
_KANJI: Final = re.compile(r"[\u3400-\u9fff々]{2,4}")
_ANY_KANJI: Final = re.compile(r"[\u3400-\u9fff々]")
_FIGURE: Final = re.compile(r"\d|[〇一二三四五六七八九十百千万]")
# Sounds of words that came from Chinese, as most terms of an office did.
_SMALL: Final = re.compile(r"[ゃゅょっ]")
_NAMED_BY: Final = frozenset("市町村区県都府郡課係部局室様氏川駅橋校園寺店丁")
_ENDINGS: Final = {
    "しょ": "書", "ひ": "費", "りょう": "料", "きん": "金", "がく": "額", "さき": "先",
    "び": "日", "てあて": "手当て", "とどけ": "届ける",
}  # fmt: skip
# Words of an office that sound alike and are often taken for each other when kana are converted.
_CONFUSED: Final = tuple(
    frozenset(line.split())
    for line in """\
精算 清算
決裁 決済
異動 移動
補償 保証 保障
招集 召集 収集
改定 改訂
回答 解答
対象 対照 対称
追及 追求 追究
意思 意志
異議 異義 意義
共同 協同
交付 公布
更生 更正
制作 製作
施行 施工
債権 債券
過少 過小
規程 規定
規準 基準
報償 報奨
専決 先決
収受 授受
委託 依託
""".splitlines()
)
_LONGEST: Final = 6  # words that a dictionary may have made of one word in kana
_MOST: Final = 2
_MUCH_COMMONER: Final = 3


@dataclass(frozen=True)
class Respelt:
    """What was typed, the words that are searched for as well, and whether to say so.

    Kana that can be only one word are another spelling of it, and nothing is said. `typed` is a
    word of its own where `also` is True: it may have been meant.
    """

    typed: str
    meant: tuple[str, ...]
    told: bool
    also: bool = False


@dataclass(frozen=True)
class _Asked:
    """A question's words, the words there are, and the versions whose words may be named."""

    said: Sequence[Word]
    known: Words
    versions: frozenset[str]

    def typed(self, start: int, end: int) -> str:
        return "".join(word.surface for word in self.said[start:end])


class Spelling:
    """Finds the words that were meant among those that a reader may read."""

    def __init__(self, vocabulary: Vocabulary):
        self._vocabulary = vocabulary

    def warm(self) -> None:
        """Read the words there are, which takes a moment the first time."""
        self._vocabulary.words()

    def respelt(
        self, question: str, *, versions: Collection[str], kana: bool = True, mistakes: bool = True
    ) -> list[Respelt]:
        """Return the words to be searched for beside those of the question, in its order.

        `kana` are words that manuals write in kanji (もうしこみ, りんぎしょ); `mistakes` are words
        that no manual of the reader's has, each near to one that such a manual has.
        """
        asked = _Asked(words(question), self._vocabulary.words(), frozenset(versions))
        found: dict[tuple[int, int], Respelt] = {}
        steps = [(_kana_windows, self._in_kana)] if kana else []
        if mistakes:
            steps += [(_kana_windows, self._nearly_in_kana), (_suspects, self._mistaken)]
        for windows, meant_by in steps:
            for start, end in windows(asked.said):
                if any(start < stop and begin < end for begin, stop in found):
                    continue
                respelt = meant_by(asked, start, end)
                if respelt is not None:
                    found[start, end] = respelt
        return [found[place] for place in sorted(found)]

    def _in_kana(self, asked: _Asked, start: int, end: int) -> Respelt | None:
        typed = asked.typed(start, end)
        meant = self._readable(_in_kanji(typed, asked.known), typed, asked)
        return Respelt(typed, tuple(meant), told=len(meant) > 1) if meant else None

    def _nearly_in_kana(self, asked: _Asked, start: int, end: int) -> Respelt | None:
        typed, sound = asked.typed(start, end), _katakana(asked.typed(start, end))
        if not _is_cut_up(asked.said[start:end], typed) or asked.known.read(sound):
            return None
        near = [word for word in asked.known.nearly_read(sound) if _ANY_KANJI.search(word)]
        meant = self._readable(near, typed, asked)
        return Respelt(typed, tuple(meant), told=True) if len(meant) == 1 else None

    def _mistaken(self, asked: _Asked, start: int, end: int) -> Respelt | None:
        suspect, typed = asked.said[start:end], asked.typed(start, end)
        near = _near(suspect, typed, asked.known)
        meant = self._readable(near, typed, asked)
        own = [suspect[0].form] if end - start == 1 else []
        known = self._vocabulary.readable(own, asked.known, versions=asked.versions)
        if len(meant) != 1 or known:
            return None
        return Respelt(typed, tuple(meant), told=True, also=bool(own) and suspect[0].known)

    def _readable(self, candidates: Sequence[str], typed: str, asked: _Asked) -> list[str]:
        """Return the candidates that the reader may know of, the plainly commonest alone.

        What the question says already is none.
        """
        said = {typed, *(w.form for w in asked.said)}
        wanted = [word for word in candidates if word not in said]
        if not wanted:
            return []
        allowed = self._vocabulary.readable(wanted, asked.known, versions=asked.versions)
        left = [word for word in wanted if word in allowed]
        counts = asked.known.counts
        if len(left) > 1 and counts[left[0]] >= _MUCH_COMMONER * counts[left[1]]:
            return left[:1]
        return left[:_MOST]


def _kana_windows(said: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield runs of words in hiragana that may be one word, the longest first at each place."""
    for start, first in enumerate(said):
        before = said[start - 1] if start else None
        # What begins with a particle goes on from what stands before it: 外出がいつ, 付さ ていない.
        if before is not None and first.part == "助詞":
            continue
        if first.part == "助動詞" and before is not None and not before.is_function:
            continue
        if first.surface.startswith(("なん", "なに")):
            continue
        runs = []
        for end in range(start + 1, min(start + _LONGEST, len(said)) + 1):
            typed = "".join(word.surface for word in said[start:end])
            if not _HIRAGANA.fullmatch(typed):
                break
            long = len(typed) >= 4 or (len(typed) == 3 and _SMALL.search(typed))
            if long and _may_be_noun(said[start:end]):
                runs.append((start, end))
        yield from reversed(runs)


def _may_be_noun(run: Sequence[Word]) -> bool:
    """Tell whether words may be one noun that was cut in pieces, or are one.

    Those that tell when or how much are none: だいたい is no 代替.
    """
    if len(run) == 1:
        return run[0].part in ("名詞", "動詞") and run[0].use != "副詞可能"
    return not all(word.is_function for word in run)


def _in_kanji(typed: str, known: Words) -> list[str]:
    """Return the words of manuals that hold kanji and sound as the kana that were typed."""
    found = [word for word in known.read(_katakana(typed)) if _ANY_KANJI.search(word)]
    if found:
        return found
    for ending in _ENDINGS:
        stem = typed.removesuffix(ending)
        if stem != typed and len(stem) >= 3:
            found = [w for w in known.read(_katakana(stem)) if _ANY_KANJI.search(w)]
            if found:
                return found
    return []


def _is_cut_up(run: Sequence[Word], typed: str) -> bool:
    """Tell whether a run of hiragana is a longer noun with a mistake: しゅっ ちょ."""
    ends = (run[0], run[-1])
    return (
        len(run) > 1
        and len(typed) >= 5
        and bool(_SMALL.search(typed))
        and not any(word.is_function for word in ends)
    )


def _suspects(said: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of what may be a word typed wrong.

    Single kanji side by side may be what a dictionary makes of one word with a wrong kanji.
    """
    for start, word in enumerate(said):
        if word.is_function or _FIGURE.search(word.surface) or _is_name(said, start):
            continue
        if len(word.surface) > 1:
            yield start, start + 1
        end = start if _begins(said, start) else len(said)
        while end < len(said) and _is_single_kanji(said[end]):
            end += 1
            if end - start > 1 and not _names(said, end):
                yield start, end


def _begins(said: Sequence[Word], place: int) -> bool:
    """Tell whether no noun goes on here: the 士 法 of 建築士法案 are no word."""
    before = said[place - 1] if place else None
    return before is None or before.is_function or before.part in ("動詞", "形容詞", "副詞")


def _is_single_kanji(word: Word) -> bool:
    return (
        len(word.surface) == 1
        and word.part == "名詞"
        and word.detail != "数詞"
        and _ANY_KANJI.match(word.surface) is not None
        and not _FIGURE.search(word.surface)
    )


def _names(said: Sequence[Word], place: int) -> bool:
    """Tell whether what stands here is what places and people are called by."""
    return place < len(said) and said[place].surface[0] in _NAMED_BY


def _is_name(said: Sequence[Word], place: int) -> bool:
    """Tell whether a word is a name, or stands before what people and places are called by."""
    word = said[place]
    following = said[place + 1].surface if place + 1 < len(said) else ""
    if word.detail == "固有名詞" or following in ("さん", "くん", "ちゃん"):
        return True
    return not word.known and (following[:1] in _NAMED_BY or word.surface[-1:] in _NAMED_BY)


def _near(suspect: Sequence[Word], typed: str, known: Words) -> list[str]:
    if len(suspect) > 1:  # 公 要 車
        sound = "".join(word.reading for word in suspect)
        return [w for w in known.read(sound) if len(w) == len(typed) and _shares(w, typed)]
    word = suspect[0]
    if word.known:  # a word of its own that the manuals do not have
        others = (word for group in _CONFUSED if typed in group for word in sorted(group))
        return [other for other in others if other != typed and other in known.counts]
    if _KATAKANA.fullmatch(typed):
        return known.nearly_spelt(typed) or known.half_spelt(typed)
    if _LATIN.fullmatch(typed):
        return known.nearly_spelt(typed)
    return known.one_kanji_other(typed) if _KANJI.fullmatch(typed) else []


def _shares(one: str, other: str) -> bool:
    """Tell whether two words have a kanji in the same place."""
    return any(a == b for a, b in zip(one, other, strict=False))


def _katakana(text: str) -> str:
    return "".join(chr(ord(c) + 0x60) if "\u3041" <= c <= "\u3096" else c for c in text)


def respelt_words(found: Sequence[Respelt]) -> str:
    """Return in Japanese what was searched for in place of what, "" where nothing is to be said."""
    told = []
    for item in found:
        if item.told:
            meant = "・".join(f"「{word}」" for word in item.meant)
            told.append(f"「{item.typed}」は{meant}{'でも' if item.also else 'として'}探しました。")
    return "".join(told)
