"""Verifying a model's sentence against the passages it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from assistant.answers.claims import (
    belongs_elsewhere,
    invents_condition,
    names_others,
    same_yes_or_no,
)
from assistant.answers.evidence import TABLE_MARK, Passage
from assistant.answers.prompts import NOT_FOUND, SYSTEM
from assistant.japanese.figures import (
    figures,
    measured,
    placed_figures,
    supported,
    western_years,
)
from assistant.japanese.normalize import folded, has_japanese, normalized
from assistant.japanese.sentences import sentences
from assistant.japanese.tokens import content_forms

Verdict = Literal["supported", "unsupported", "refusal", "noise"]
_BRACKETED = re.compile(r"\s*[\[［【](\d{1,2})[\]］】]")
_LIST_NUMBER = re.compile(r"^\s*(?:[①-⑳]\s*|\d{1,2}[.．)）]\s*|[(（]\d{1,2}[)）]\s*|[・\-*•]\s*)+")
_BOUND = re.compile(r"\s*[をの]?(以上|以下|未満|以内|以前|以後|以降|超|過ぎ|経過|経て|前|後)")
_PASSED = {"以降": "以後", "過ぎ": "経過", "経て": "経過"}
_CONTROL_MARK = re.compile(r"<\|[^|<>]*\|>|^\s*(?:assistant|system|user)\b")
_LOOP = re.compile(r"(.{6,}?)\1{2}")
_LEAK_LENGTH = 14
_SHORTEST = 4
_WORDS_SUPPORTED = 0.6
_MOST_MIXED = 0.2


@dataclass(frozen=True)
class Verified:
    """A sentence without its markers, the verdict, and the markers that support it."""

    text: str
    verdict: Verdict
    markers: tuple[int, ...]
    best_marker: int | None


def verify_sentence(
    raw: str, passages: Sequence[Passage], *, question: str, earlier: Sequence[str] = ()
) -> Verified:
    """Judge one sentence.

    `supported`: its figures, its words and its yes or no stand in a passage it cites (or, where
    it cites none or the wrong one, in another). `unsupported`: they do not. `refusal`:
    the agreed phrase for "not in the manuals". `noise`: another language, a repetition, the
    prompt, or nothing.
    """
    cited = tuple(dict.fromkeys(int(m) for m in _BRACKETED.findall(raw)))
    text = _LIST_NUMBER.sub("", _BRACKETED.sub("", raw)).strip()
    if folded(NOT_FOUND).rstrip("。") in folded(text):
        return Verified(text, "refusal", (), None)
    if _is_noise(text, earlier):
        return Verified(text, "noise", (), None)
    by_marker = {p.citation.marker: p for p in passages}
    known = [m for m in cited if m in by_marker]
    order = known + [m for m in by_marker if m not in known]
    for marker in order:
        one = by_marker[marker]
        others = "\n".join(p.context for p in passages if p is not one)
        if _supports(one, text, question, others) and not _names_another(text, one, passages):
            return Verified(text, "supported", (marker,), marker)
    return Verified(text, "unsupported", (), order[0] if order else None)


def _is_noise(text: str, earlier: Sequence[str]) -> bool:
    plain = folded(text)
    if len(plain) < _SHORTEST or not has_japanese(text):
        return True
    if _LOOP.search(plain):
        return True
    before = [said for other in earlier if len(said := folded(other)) >= _SHORTEST]
    if any(plain in said or said in plain for said in before):
        return True
    prompt = folded(SYSTEM)
    shown = normalized(text)
    if "根拠>" in shown or "質問>" in shown or _CONTROL_MARK.search(shown):
        return True
    pieces = (plain[i : i + _LEAK_LENGTH] for i in range(len(plain) - _LEAK_LENGTH + 1))
    return any(piece in prompt for piece in pieces)


def _supports(passage: Passage, text: str, question: str, others: str) -> bool:
    """Tell whether one sentence of the passage, or two side by side, say what the text says.

    Figures must stand in the very sentences whose words the text uses: a limit from another row
    of the table, or a period of another procedure, is no support. `others` are the words of the
    other passages.
    """
    said = any(
        _says_the_same(unit, f"{rest}\n{others}", passage, text, question)
        for unit, rest in _units(passage)
    )
    return said and not belongs_elsewhere(text, passage.context)


def _units(passage: Passage) -> list[tuple[str, str]]:
    """Return each sentence, and each pair of neighbours, with the rest of the passage."""
    parts = sentences(passage.context)
    pairs = [] if _is_table(passage) else list(pairwise(parts))
    units = [(part,) for part in parts] + [tuple(pair) for pair in pairs]
    return [
        ("\n".join(unit), "\n".join(part for part in parts if part not in unit)) for unit in units
    ]


def _is_table(passage: Passage) -> bool:
    return TABLE_MARK in passage.citation.quote


def _says_the_same(unit: str, rest: str, passage: Passage, text: str, question: str) -> bool:
    heading = " ".join(passage.citation.heading_path)
    return (
        _figures_supported(text, f"{heading}\n{unit}")
        and _words_supported(text, unit, rest, heading, question)
        and same_yes_or_no(text, unit)
        and not invents_condition(text, f"{heading}\n{unit}\n{question}")
        and not names_others(text, f"{heading}\n{unit}")
    )


def _names_another(text: str, passage: Passage, passages: Sequence[Passage]) -> bool:
    """Tell whether a text with figures names what only another passage's heading treats."""
    if not figures(text):
        return False
    own = content_forms(passage.evidence)
    titles = [p.citation.heading_path[-1] for p in passages if p.citation.heading_path]
    return any(content_forms(text) & (content_forms(title) - own) for title in titles)


def _figures_supported(text: str, evidence: str) -> bool:
    known = figures(evidence)
    return (
        _bounds(text) <= _bounds(evidence)
        and all(supported(figure, known) for figure in figures(text))
        and _odd_groups(text) <= _odd_groups(evidence)
    )


def _odd_groups(text: str) -> set[str]:
    """Return numbers whose commas part no thousands (52,00): nobody can trust their value."""
    found = re.findall(r"(?<![\d,])\d+(?:,\d+)+(?![\d,])", normalized(text))
    return {number for number in found if not re.fullmatch(r"\d{1,3}(?:,\d{3})+", number)}


def _bounds(text: str) -> set[tuple[Decimal, str]]:
    """Return each figure's value with the word that says on which side of it: 以上, 以下, 前."""
    plain = western_years(text)
    return {
        (measured(figure)[0], _PASSED.get(match[1], match[1]))
        for figure, _, end in placed_figures(plain)
        if (match := _BOUND.match(plain, end))
    }


def _words_supported(text: str, unit: str, rest: str, heading: str, question: str) -> bool:
    """Ask that most words stand in the unit or its heading, and none only beside it.

    Words of the question prove nothing; a word that the unit lacks and its neighbours hold shows
    that the text mixes two rules.
    """
    said = content_forms(text)
    if not said:
        return False
    own, known = content_forms(unit), content_forms(unit) | content_forms(heading)
    new = said - content_forms(question)
    mixed = (said - known) & content_forms(rest)
    return (
        len(said & known) >= _WORDS_SUPPORTED * len(said)
        and (not new or len(new & known) >= _WORDS_SUPPORTED * len(new))
        and bool(said & own)
        and len(mixed) <= _MOST_MIXED * len(said)
        and not (mixed and figures(text))
    )
