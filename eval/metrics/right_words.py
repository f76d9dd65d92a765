"""Whether an answer is still right where its manual is replaced: by its words, not by its pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import PurePath
from typing import Final, Literal

from assistant.japanese.normalize import folded
from eval.runs.case_result import CaseResult
from eval.sets.question_set import Case, Place

Side = Literal["outcome", "citation", "key_facts"]
_SHORTEST: Final = 8  # letters of a quoted sentence that is part of the expected words


def any_page_of(case: Case, files: Collection[str]) -> Case:
    """Return a case that expects any page of some files: pages move from version to version."""
    names = {PurePath(file).name for file in files}
    if not any(place.file in names for place in case.places):
        return case
    others = [place for place in case.places if place.file not in names]
    ours = [Place(name, None) for name in sorted(names)]
    return replace(case, places=(*ours, *others))


def judged(case: Case, result: CaseResult, files: Collection[str]) -> dict[Side, bool | None]:
    """Tell in what a result is right; None where that does not apply to it.

    Of a manual whose files are `files` the expected words (answer_snippet, or all key facts) have
    to be cited, from whatever page; any passage of it where the case has no words. Elsewhere the
    place counts. `case` is the one that was asked: see `any_page_of`.
    """
    facts = None if result.key_facts is None else result.key_facts == 1.0
    cited = result.citation_right
    names = {PurePath(file).name for file in files}
    if cited and case.answer_snippet and any(place.file in names for place in case.places):
        cited = bool(facts) or _cites_words(case, result, files)
    return {"outcome": result.outcome_right, "citation": cited, "key_facts": facts}


def _cites_words(case: Case, result: CaseResult, files: Collection[str]) -> bool:
    snippet = folded(case.answer_snippet)
    names = {PurePath(file).name for file in files}
    others = [place for place in case.places if place.file not in names]
    for place, quote in zip(result.cited, result.quotes, strict=True):
        said = folded(quote)
        if any(place.startswith(f"{file}:") for file in files):
            if snippet in said or (len(said) >= _SHORTEST and said in snippet):
                return True
        elif any(_is_at(place, other) for other in others):
            return True
    return False


def _is_at(place: str, expected: Place) -> bool:
    """Tell whether a cited place (file:12, file:heading) is an expected one."""
    if expected.page is None:
        return PurePath(place.partition(":")[0]).name == expected.file
    return PurePath(place).name == f"{expected.file}:{expected.page}"
