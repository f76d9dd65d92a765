"""Finds personal data in what staff write: the one place for its kinds and how each is known.

Rules alone, on the text in NFKC. They find what has a form or stands beside a word that names it;
a name without 様 or a label, or an address without its numbers, they miss.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "email", "telephone", "my_number", "postal_code", "address", "staff_number",
    "bank_account", "birth_date", "name",
]  # fmt: skip
KIND_WORDS: Final[dict[Kind, str]] = {
    "email": "メールアドレス",
    "telephone": "電話番号",
    "my_number": "マイナンバー",
    "postal_code": "郵便番号",
    "address": "住所",
    "staff_number": "職員番号",
    "bank_account": "口座番号",
    "birth_date": "生年月日",
    "name": "氏名",
}
HIDDEN: Final = "●●"
_KANJI: Final = r"[\u4e00-\u9fff々ヶ]"
_NAME: Final = rf"(?:{_KANJI}{{1,6}}(?:[ \u3000]{_KANJI}{{1,4}})?|[ァ-ヴー]{{2,10}})"
# Words before 様, 氏 and さん that are no names.
_NO_NAMES: Final = (
    "業者", "皆", "職員", "相手", "住民", "市民", "議員", "委員", "担当者", "本人", "奥", "お客",
    "神", "仕", "模", "同", "有", "多", "何", "異", "両", "隣", "他", "先方", "町内会", "保護者",
    "申請者", "利用者", "外国人", "客",
)  # fmt: skip
_IS: Final = r"[はがのをも:=\s]{0,3}"
_DAY: Final = (
    r"(?:(?:明治|大正|昭和|平成|令和|[MTSHR])\s?(?:\d{1,2}|元)|\d{4})\s?[年./-]\s?\d{1,2}\s?[月./-]"
    r"\s?\d{1,2}日?"
)
_WARD: Final = r"(?:[\u4e00-\u9fffヶ]{2,3}[都道府県])?[\u4e00-\u9fffぁ-んァ-ヶ]{1,6}?[市区町村]"


@dataclass(frozen=True)
class Found:
    """A piece of personal data: its kind and where it stands in the text that was looked at."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True)
class _Rule:
    kind: Kind
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = lambda _: True


def is_my_number(digits: str) -> bool:
    """Tell whether twelve digits end in the check digit of a 個人番号.

    11 - (sum of P_n Q_n mod 11), 0 where the remainder is at most 1; n counts the digits from the
    right without the check digit, Q_n = n + 1 for n up to 6, else n - 5 (総務省令平成26年第85号).
    """
    if len(digits) != 12 or not digits.isdecimal():
        return False
    total = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5)
        for place, digit in enumerate(reversed(digits[:11]), 1)
    )
    rest = total % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_telephone(text: str) -> bool:
    return 10 <= len(_digits(text)) <= 11


def _is_name(text: str) -> bool:
    return not text.endswith(_NO_NAMES)


_RULES: Final = (
    _Rule("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    # Beside its word any twelve digits count: a mistyped number names somebody too.
    _Rule(
        "my_number",
        re.compile(rf"(?<=マイナンバー){_IS}(\d{{4}}[- ]?\d{{4}}[- ]?\d{{4}})(?!\d)"),
    ),
    _Rule("my_number", re.compile(rf"(?<=個人番号){_IS}(\d{{4}}[- ]?\d{{4}}[- ]?\d{{4}})(?!\d)")),
    _Rule(
        "my_number",
        re.compile(r"(?<![\d-])(\d{4}[- ]?\d{4}[- ]?\d{4})(?![\d-])"),
        lambda text: is_my_number(_digits(text)),
    ),
    _Rule(
        "telephone",
        re.compile(r"(?<![\d-])(0\d{1,4}[-() ]{0,2}\d{1,4}[-() ]{0,2}\d{3,4})(?![\d-])"),
        _is_telephone,
    ),
    _Rule("telephone", re.compile(r"(?<![\d-])(\+81[- ]?\d{1,4}[- ]?\d{1,4}[- ]?\d{3,4})(?!\d)")),
    _Rule("postal_code", re.compile(r"(?<=〒)\s?(\d{3}-?\d{4})(?!\d)")),
    _Rule(
        "address",
        re.compile(
            rf"({_WARD}[\u4e00-\u9fffぁ-んァ-ヶ]{{1,12}}?"
            r"\d{1,4}(?:丁目\d{1,4}(?:番地?|-)\d{0,4}号?|番地?\d{0,4}号?|-\d{1,4}(?:-\d{1,4})?))"
        ),
    ),
    _Rule("staff_number", re.compile(rf"(?<=職員番号){_IS}([0-9A-Za-z][0-9A-Za-z-]{{2,11}})")),
    _Rule("staff_number", re.compile(rf"(?<=社員番号){_IS}([0-9A-Za-z][0-9A-Za-z-]{{2,11}})")),
    _Rule("bank_account", re.compile(rf"(?<=口座番号){_IS}(\d{{5,8}})(?!\d)")),
    _Rule("bank_account", re.compile(rf"(?<=普通|当座|貯蓄)(?:預金|口座)?{_IS}(\d{{7}})(?!\d)")),
    _Rule("birth_date", re.compile(rf"(?:(?<=生年月日)|(?<=誕生日)){_IS}({_DAY})")),
    _Rule("birth_date", re.compile(rf"({_DAY})(?=\s?(?:生まれ|生(?![\u4e00-\u9fff])))")),
    _Rule("name", re.compile(rf"(?:(?<=氏名)|(?<=名前))[は:\s]{{1,3}}({_NAME})(?=[、。\s)]|$)")),
    _Rule("name", re.compile(rf"({_NAME})(?=(?:さん|様|氏|くん|君)(?!{_KANJI}))"), _is_name),
)


def plain(text: str) -> str:
    """Return text as the places of `personal_data` count it (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def personal_data(text: str) -> list[Found]:
    """Return the personal data in a text that is `plain`, in its order and never overlapping.

    Of two that overlap the rule named first has it: a マイナンバー is no telephone number.
    """
    found: list[Found] = []
    for rule in _RULES:
        for match in rule.pattern.finditer(text):
            start, end = match.span(match.lastindex or 0)
            apart = all(end <= one.start or start >= one.end for one in found)
            if apart and rule.holds(text[start:end]):
                found.append(Found(rule.kind, start, end))
    return sorted(found, key=lambda one: one.start)


def masked(text: str) -> str:
    """Return text in NFKC with every piece of personal data hidden; what names it stays."""
    told = plain(text)
    for one in reversed(personal_data(told)):
        told = told[: one.start] + HIDDEN + told[one.end :]
    return told
