"""Cases and results kept from before, as a reader may see them now: rights change, records stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from assistant.domain import Reader
from assistant.evaluations.sets import KeptCase
from assistant.library import ManualLibrary
from assistant.people.access import OPERATOR_ROLE, may_read
from eval.runs.case_result import CaseResult

WITHHELD: Final = "（今は表示できないマニュアルの記載を含むため、表示しません）"
HIDDEN_FILE: Final = "（閲覧できないマニュアル）"
_FIGURE: Final = "―"
_OF_THE_MANUAL: Final = ("answer", "answer_snippet", "section", "condition")


def files_of(row: Mapping[str, Any]) -> set[str]:
    """Return the files in which the answer to a case stands."""
    accepted = (place["file"] for place in row.get("accept", ()))
    return {file for file in (row.get("file"), *accepted) if file}


def hidden_files(library: ManualLibrary, files: Iterable[str], *, reader: Reader) -> frozenset[str]:
    """Return those of some files that are of a manual which the reader may not read today."""
    if OPERATOR_ROLE in reader.roles:
        return frozenset()
    found = set()
    for file in set(files):
        manual_id = library.manual_of_file(file)
        manual = None if manual_id is None else library.known(manual_id)
        if manual is not None and not may_read(manual.audience, reader):
            found.add(file)
    return frozenset(found)


def shown_row(row: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """Return a case as a row without what it tells of hidden files; the question stays."""
    if not files_of(row) & hidden:
        return dict(row)
    kept = {key: WITHHELD if key in _OF_THE_MANUAL else value for key, value in row.items()}
    kept |= {"file": HIDDEN_FILE, "page": None, "accept": []}
    return {**kept, "key_facts": [_FIGURE] * len(row.get("key_facts", ()))}


def is_withheld(row: Mapping[str, Any], result: CaseResult) -> bool:
    """Tell whether a shown row or its shown result leaves out what is of a hidden manual."""
    return result.text == WITHHELD or row.get("file") == HIDDEN_FILE


def shown_case(case: KeptCase, hidden: frozenset[str]) -> KeptCase:
    """Return a case of a stored set without what it tells of hidden files."""
    origin = case.origin
    for file in hidden:
        origin = origin.replace(file, HIDDEN_FILE)
    return replace(case, row=shown_row(case.row, hidden), origin=origin)


def shown_results(
    library: ManualLibrary,
    results: list[CaseResult],
    *,
    reader: Reader,
    hidden: frozenset[str] = frozenset(),
) -> list[CaseResult]:
    """Return results without the words and places of versions that the reader may not read now.

    `hidden` are files whose expected answers are not shown either. Ranks, outcomes and numbers
    stay, so that all readers see the same figures. The operator of the server sees everything.
    """
    if OPERATOR_ROLE in reader.roles:
        return results
    told = {version for result in results for version in result.versions}
    readable = library.readable(told, reader=reader)
    return [_shown(result, readable, hidden) for result in results]


def _shown(result: CaseResult, readable: set[str], hidden: frozenset[str]) -> CaseResult:
    if result.manual in hidden:
        missing = [_FIGURE] * len(result.missing_facts)
        result = replace(result, manual=HIDDEN_FILE, missing_facts=missing)
    if set(result.versions) <= readable:
        return result
    return replace(
        result,
        text=WITHHELD,
        cited=[],
        found=[],
        quotes=[],
        choices=[],
        unsupported=[_FIGURE] * len(result.unsupported),
        error=None if result.error is None else WITHHELD,
    )
