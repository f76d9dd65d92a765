"""Several questions in one text, told apart by rules: each is searched for and answered by itself.

What is no sure sign of a second question leaves the text whole: a question that was cut in two by
mistake finds less than one that was not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.domain import Turn
from assistant.japanese.normalize import has_japanese
from assistant.japanese.sentences import sentences
from assistant.japanese.tokens import Token, tokens
from assistant.understanding.follow_ups import completed, search_text

MOST_PARTS: Final = 4
_ASKING_WORD: Final = (
    r"(?:いくら|幾ら|いくつ(?!か)|いつ|何時|誰|だれ|どこ|どの|どちら|どう(?!か)|どれ|どんな"
    r"|何(?!か|も|度か)|なに(?!か)|なん(?!か)|なぜ)"
)
_ASKS: Final = re.compile(
    r"[?？]$|か(?:ね|な|しら)?[。．]?$|教え(?:て|願)|おしえて|知りたい|ご教示"
    rf"|{_ASKING_WORD}[^。．]{{0,12}}$"
)
# いくらで、 何者からで、 いつまでで、 but not いつまで、 (the same question goes on).
_ASKED_AND_ON: Final = re.compile(
    r"(?P<asked>[^、。?？\n]*[はがもを]、?"
    rf"[^、。?？\n]*{_ASKING_WORD}[^、。?？\n]{{0,10}}?)(?:(?<!ま)(?<!どこ)で|(?<=まで)で)[、,]\s*"
)
# …ですか、 …いるか、 and a question with a subject of its own.
_OR: Final = r"(?:それとも|あるいは|または|又は|もしくは|若しくは|どちら)"
_CLOSED_AND_ON: Final = re.compile(
    r"(?P<asked>[^、。?？\n]*[はがもを]、?[^。?？\n]*?[^どう、。?？\n]か)[、,]\s*"
    rf"(?!{_OR})"
)
_LEAD: Final = re.compile(
    r"^\s*(?:(?:また(?!は)|それと(?!も)|それから|あと|さらに|加えて|ついでに|次に|そして|もう[一1１]つ)[、,]?\s*(?:は[、,])?"
    r"|[・●○■◆]\s*|[①-⑳]\s*|[（(]?[1-9１-９][)）.．、]\s*)+"
)
_SUBJECT: Final = re.compile(r"[はがもを]")
_HAS_ASKING_WORD: Final = re.compile(_ASKING_WORD)
_COURTESY: Final = re.compile(
    r"お?願い(?:いた|致)?し|ありがとう|有難う|お疲れ|おつかれ|お世話|すみません|恐れ入り"
    r"|質問(?:が|です|させ)|教えて(?:ほしい|欲しい)(?:こと|事)"
)
# Verbs that say nothing of what is asked for.
_EMPTY_VERB_LIST: Final = """
為る 有る 居る 成る 出来る 教える 知る 下さる 頂く 願う 要る 言う 分かる 致す 貰う
"""
_EMPTY_VERBS: Final = frozenset(_EMPTY_VERB_LIST.split())
_WHY_ONLY: Final = re.compile(r"^(?:それは|これは)?(?:なぜ|何故|どうして|理由)")


@dataclass(frozen=True)
class AskedPart:
    """One question of a text: its words as they were typed, and what is searched for.

    `sure` is False where the rules that completed a follow-up had to guess.
    """

    words: str
    searched: str
    sure: bool = True


def asked_parts(question: str, turns: Sequence[Turn] = ()) -> list[AskedPart]:
    """Return the questions of a text, at least one, each completed by what it follows.

    A sentence that asks nothing (来週から入院します) belongs to all of them.
    """
    asked, said = _told_apart(question) if has_japanese(question) else ([], [])
    if not 2 <= len(asked) <= MOST_PARTS:
        whole = completed(question, turns)
        return [AskedPart(question, whole.text, whole.sure)]
    known = list(turns)
    parts: list[AskedPart] = []
    for words in asked:
        searched = search_text(words, known)
        known.append(Turn(searched))
        parts.append(AskedPart(words, " ".join([*said, searched])))
    return parts


def _told_apart(question: str) -> tuple[list[str], list[str]]:
    """Return the clauses that ask, in order, and the sentences that only say something."""
    asked: list[str] = []
    said: list[str] = []
    for sentence in sentences(question):
        whole = _LEAD.sub("", sentence).strip()
        if not _ASKS.search(whole):
            if not _COURTESY.search(whole):
                said.append(whole)
            continue
        if asked and re.match(_OR, whole):  # the same question goes on
            asked[-1] += whole
            continue
        for clause in _clauses(whole):
            if not asked or _stands_alone(clause):
                asked.append(clause)
    return asked, said


def _clauses(sentence: str) -> list[str]:
    """Return the questions of one sentence: Aはいくらで、Bは誰が決めますか has two."""
    for pattern in (_ASKED_AND_ON, _CLOSED_AND_ON):
        match = pattern.match(sentence)
        if match is None:
            continue
        rest = _LEAD.sub("", sentence[match.end() :]).strip()
        closed = pattern is _CLOSED_AND_ON
        if _ASKS.search(rest) and (
            _SUBJECT.search(rest) or (not closed and _HAS_ASKING_WORD.search(rest))
        ):
            return [match["asked"].strip(), *_clauses(rest)]
    return [sentence]


def _stands_alone(clause: str) -> bool:
    """Tell whether a clause asks for something of its own: 教えてください and なぜですか do not."""
    if _WHY_ONLY.match(clause):
        return False
    if _HAS_ASKING_WORD.search(clause):
        return True
    return any(t.is_noun or _tells(t) for t in tokens(clause))


def _tells(token: Token) -> bool:
    return token.part == "動詞" and token.form not in _EMPTY_VERBS
