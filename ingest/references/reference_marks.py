"""The words that may refer to another place: where they stand in a text, what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.domain import Step
from ingest.references.place_numbers import (
    BELOW,
    BRANCH,
    FORM,
    NUMBER,
    RANKS,
    ROOTS,
    UNIT,
    UNIT_ENDS,
    arabic,
    below_steps,
    dotted_number,
    form_steps,
    unit_steps,
)

MOST_IN_RANGE = 20
"""第3条から第22条まで names each article; of a longer range only the two ends are kept."""
Said = tuple[tuple[Step, ...], int]
"""The steps that words say, and where the words end."""
_CUE = (
    r"(?=[\s　]?(?:を[\s　]?(?:参照|見|御覧|ご覧|確認)|参照|のとおり|の(?:規定|例)|によ[りるっら]"
    r"|に(?:定め|示|記載|従|掲げ)))"
)
_COUNTS = r"0-9０-９,，.．/／時日月年人名円万千回台分秒週か箇枚件部冊つ%％"
_MARK = re.compile(
    rf"(?P<form>{FORM})"
    rf"|別表(?:[\s　]?第[\s　]?(?P<appendix>{NUMBER}(?:{BRANCH})*)"
    rf"|(?P<appendix_bare>{NUMBER})(?![{_COUNTS}])|(?![一-龠0-9０-９]))"
    rf"|(?<![一-龠々])表[\s　]?第?(?P<table>{NUMBER})(?![{_COUNTS}一-龠])"
    rf"|別(?P<annex_of>[紙記])(?:第?(?P<annex>{NUMBER})号?|{_CUE}|(?=[\s　]*(?:$|[。）])))"
    rf"|[附付]則(?P<supplement>(?:{UNIT})+|(?=と?別表)|{_CUE})"
    rf"|同(?:別|様式の)?(?P<same_table>表)(?![一-龠])"
    rf"|(?P<way>[前次同本])(?P<count>{NUMBER})?(?P<unit>{UNIT_ENDS})(?P<further>(?:{UNIT})*)"
    rf"|(?P<units>{UNIT}(?:[\s　]?の?{UNIT})*)"
    rf"|(?<![0-9０-９\-－.．/／])(?P<dotted>[0-9０-９]{{1,2}}(?:[-－‐−.．][0-9０-９]{{1,2}}){{1,3}}){_CUE}"
)
_FORM = re.compile(FORM)
_UNITS = re.compile(rf"{UNIT}(?:[\s　]?の?{UNIT})*")
_APPENDIX = re.compile(rf"(?:別表)?第?(?P<number>{NUMBER}(?:{BRANCH})*)(?![{_COUNTS}章節款条項号])")
_TABLE = re.compile(rf"表[\s　]?第?(?P<number>{NUMBER})(?![{_COUNTS}一-龠])")
_FORM_NUMBER = re.compile(rf"第(?P<number>{NUMBER}(?:{BRANCH})*)号")
_BELOW = re.compile(BELOW)
_SUPPLEMENT = re.compile(rf"[附付]則(?:{UNIT})+")
_AFTER_LABEL = re.compile(rf"{NUMBER}(?=[\s　）)、。｜]|$|及び|又は)")
_LINK = re.compile(
    r"[\s　]?(?:、|，|・|及び|又は|並びに|若しくは|や|と|(?P<range>から|～|〜|~))[\s　]?"
)


@lru_cache(maxsize=256)
def marks(labels: tuple[str, ...] = ()) -> re.Pattern[str]:
    """Return the pattern of all words that may refer; `labels` as in Standing."""
    if not labels:
        return _MARK
    words = "|".join(map(re.escape, labels))
    return re.compile(
        rf"{_MARK.pattern}|(?P<label>{words})[\s　]?(?P<labelled>{NUMBER})(?![{_COUNTS}一-龠])"
    )


def said(mark: re.Match[str]) -> Said:
    """Return the steps that a mark's own words say; those of 前条第2項 are 第2項 only."""
    groups = mark.groupdict()
    steps: tuple[Step, ...] = ()
    if groups["form"]:
        steps = form_steps(mark)
    elif groups["table"]:
        steps = (Step("table", arabic(groups["table"])),)
    elif mark[0].startswith("別表"):
        steps = (Step("appendix", arabic(groups["appendix"] or groups["appendix_bare"])),)
    elif groups["annex_of"]:
        steps = (Step("annex", arabic(groups["annex"])),)
    elif groups["supplement"] is not None:
        steps = (Step("supplement", ""), *unit_steps(groups["supplement"]))
    elif groups["dotted"]:
        steps = (Step("heading", dotted_number(groups["dotted"])),)
    elif groups.get("label"):
        steps = (Step("heading", groups["label"] + arabic(groups["labelled"])),)
    elif groups["units"] or groups["way"]:
        words = groups["units"] or groups["further"]
        return _with_below(unit_steps(words), mark.string, mark.end())
    return steps, mark.end()


def said_next(
    text: str, position: int, last: tuple[Step, ...], labels: Sequence[str]
) -> Said | None:
    """Return what a list goes on with at a position: 第3条第2項 及び 第4項; None where it ends.

    `last` are the steps of the place before; the next one is in the same part of the document.
    """
    kind = last[-1].kind
    if kind in ("form", "appendix", "table"):
        return _next_outside(text, position, last)
    if kind == "heading":
        label = next((word for word in labels if last[-1].number.startswith(word)), None)
        found = _AFTER_LABEL.match(text, position) if label else None
        return ((Step("heading", f"{label}{arabic(found[0])}"),), found.end()) if found else None
    found = _UNITS.match(text, position)
    if found is None:
        return None
    steps, end = _with_below(unit_steps(found[0]), text, found.end())
    rank = RANKS[steps[0].kind]
    if rank < RANKS.get(last[0].kind, -1):
        return None  # 地方自治法第234条、第3章: another matter
    outer = tuple(step for step in last if RANKS.get(step.kind, -1) < rank)
    if not outer and steps[0].kind not in ROOTS and steps[0].kind != last[0].kind:
        return None
    return (*outer, *steps), end


def said_supplement(text: str, position: int) -> Said | None:
    """Return 附則第7条 where a list goes on with it."""
    found = _SUPPLEMENT.match(text, position)
    return ((Step("supplement", ""), *unit_steps(found[0])), found.end()) if found else None


def link_at(text: str, position: int) -> re.Match[str] | None:
    """Return what joins two places of a list (及び) or, as `range`, the ends of a range (から)."""
    return _LINK.match(text, position)


def between(first: tuple[Step, ...], last: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """Return the places between the two ends of a range; none if they are of different levels."""
    head, tail = first[-1], last[-1]
    if first[:-1] != last[:-1] or head.kind != tail.kind:
        return []
    stem, mark, low = head.number.rpartition("の")
    other_stem, _, high = tail.number.rpartition("の")
    if stem != other_stem or not (low.isdecimal() and high.isdecimal()):
        return []
    if int(high) - int(low) >= MOST_IN_RANGE:
        return []
    return [
        (*first[:-1], replace(head, number=f"{stem}{mark}{number}"))
        for number in range(int(low) + 1, int(high))
    ]


def _next_outside(text: str, position: int, last: tuple[Step, ...]) -> Said | None:
    kind = last[-1].kind
    if kind == "form" and (form := _FORM.match(text, position)):
        return form_steps(form), form.end()
    pattern = {"form": _FORM_NUMBER, "appendix": _APPENDIX, "table": _TABLE}[kind]
    found = pattern.match(text, position)
    return ((*last[:-1], Step(kind, arabic(found["number"]))), found.end()) if found else None


def _with_below(steps: tuple[Step, ...], text: str, end: int) -> Said:
    below = _BELOW.match(text, end)
    deeper = below_steps(below) if below else ()
    return ((*steps, *deeper), below.end()) if below and deeper else (steps, end)
