"""A question that the section under a heading answers, worded as a clerk would ask it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.japanese.normalize import normalized

_LONGEST: Final = 40
_ALONE: Final = 4  # a heading this short says too little without what stands above it
_ALONE_JOINED: Final = 5  # as do 精算の期限 and 公告と期間

_NUMBER: Final = r"[0-9０-９一二三四五六七八九十百]+"
_NUMBERING: Final = re.compile(
    rf"^(?:[■□●○◆◇★・※①-⑳]\s*"
    rf"|第{_NUMBER}[編部章節款項条]?(?:の{_NUMBER})*\s*"
    rf"|[（(]{_NUMBER}[）)]\s*"
    r"|(?:問|Q|Ｑ|決まり|手順|ステップ)\s*[0-9０-９]+[.．、:：]?\s*"
    r"|[0-9０-９]+(?:[.．\-－][0-9０-９]+)*[.．、]?(?:\s+|(?=[（(]))"
    r")"
)
_CAPTION: Final = re.compile(r"^[（(](?P<inside>[^（）()]+)[）)]$")
_REMARK: Final = re.compile(r"[（(][^（）()]*[)）]")
_NOTHING_TO_ASK: Final = re.compile(
    r"目的|趣旨|定義|総則|附則|補則|雑則|目次|はじめに|おわりに|改正|改訂|沿革|位置付け|言葉の意味"
    r"|見方|根拠|役割$|使い方$|とは$|^この|^本(?:手引|マニュアル|要領|要綱|規程|規則|書)|^対象$|^その他|^参考|^別[表紙添]|^様式|^基本$"
    r"|よくある|実例|一覧$|メモ$"
)
_TITLE_ENDING: Final = re.compile(
    r"(?:事務)?(?:の)?(?:手引き?|マニュアル|実施要領|実施手順|要領|要綱|規程|規則|ガイドライン"
    r"|Q&A|Ｑ＆Ａ|一覧|メモ|引継メモ|使い方|書き方)$"
)
_ASKS: Final = re.compile(r"か$|[?？]$")
_TELLS: Final = re.compile(r"(?:ました|ません|です|ます)$")
_CASE: Final = re.compile(r"(?:とき|場合|際)$")
_VERB: Final = re.compile(r"[一-龥ぁ-ん][うくすつぬふむゆるぐぶ]$")
_JOINED: Final = re.compile(r"[のと]")
_SEVERAL: Final = re.compile(r"[、・と]|及び")
_PAST: Final = re.compile(r"[たてで]$")
_NAMED: Final = re.compile(
    r"(?:方法?|かた|手続き?|手順|流れ|期限|期間|日数|時間|時期|金額|の額|額|料|率|上限|限度|範囲|基準"
    r"|条件|要件|様式|書類|単位|種類|区分|窓口|連絡先?|提出先|先|場所|例外|順番?)$"
)


_OF_ANYTHING: Final = "について教えてください"
_FIGURE: Final = re.compile(
    r"(?:期限|期間|日数|時間|時期|金額|額|料|率|上限|限度|人数|部数|年数|様式|書類|窓口|連絡|要件|先)"
    r"(?:と[^と]{1,6})?を教えてください$|いくら|何[日者人時度枚通年円回]|いつ|誰|どこ"
)
_WHOLE: Final = re.compile(r"^(?!.*どうすればよいですか).{12,}か$")  # a heading that asks by itself


@dataclass(frozen=True)
class HeadingQuestion:
    """A question that the section under a heading of a version answers."""

    text: str
    version_id: str
    heading_path: tuple[str, ...]

    @property
    def vagueness(self) -> int:
        """0 for one that asks for a figure or a name, 2 for one about anything, 1 between."""
        if self.text.endswith(_OF_ANYTHING):
            return 2
        return 0 if _FIGURE.search(self.text) or _WHOLE.match(self.text) else 1


def question_about(heading_path: Sequence[str], title: str = "") -> str:
    """Return the question for a section of a manual, "" where its heading is none to ask about.

    A heading that says too little alone is told with the one above it, or with what the title of
    the manual is about.
    """
    names = [name for heading in heading_path if (name := _name(heading))]
    if not names or _NOTHING_TO_ASK.search(names[-1]):
        return ""
    name = names[-1]
    if _ASKS.search(name):
        return _short(name.rstrip("?？"), "")
    if _TELLS.search(name):
        return _short(name, "。どうすればよいですか")
    if _PAST.search(name):
        return ""
    acts = _CASE.search(name) or _VERB.search(name)
    if len(name) <= (_ALONE_JOINED if acts or _JOINED.search(name) else _ALONE):
        topic = next((t for t in (*names[-2:-1], _topic(title)) if _fits(t, name)), "")
        if acts or not topic:
            return ""
        name = f"{topic}の{name}"
    if _CASE.search(name):
        return _short(name, "は、どうすればよいですか")
    if _VERB.search(name):
        return _short(name, "には、どうすればよいですか")
    return _short(name, "を教えてください" if _NAMED.search(name) else _OF_ANYTHING)


def _name(heading: str) -> str:
    """Return a heading without numbers and brackets: 第4条（対象職員） is 対象職員."""
    text = " ".join(heading.split())
    while (shorter := _NUMBERING.sub("", text, count=1).strip()) != text:
        text = shorter
    caption = _CAPTION.match(text)
    text = caption["inside"] if caption else _REMARK.sub("", text)
    return text.strip().rstrip("。").strip()


def _fits(topic: str, name: str) -> bool:
    """Tell whether 〈topic〉の〈name〉 is said so: of one thing, and neither holds the other."""
    if not topic or name in topic or topic in name or _NOTHING_TO_ASK.search(topic):
        return False
    return not (_CASE.search(topic) or _VERB.search(topic) or _SEVERAL.search(topic))


def _topic(title: str) -> str:
    """Return what a manual is about: 公用車使用の手引き is about 公用車使用."""
    return _TITLE_ENDING.sub("", _REMARK.sub("", title)).rstrip("の").strip()


def _short(name: str, ending: str) -> str:
    """Return a question, "" where a heading is so long that it is a sentence of its own."""
    return name + ending if len(normalized(name)) <= _LONGEST else ""
