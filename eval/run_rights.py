"""Results kept from before, as a reader may see them now: rights change, records stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from assistant.domain import Reader
from assistant.library import ManualLibrary
from assistant.people.access import OPERATOR_ROLE
from eval.case_result import CaseResult

WITHHELD: Final = "（今は表示できないマニュアルの記載を含むため、表示しません）"
_FIGURE: Final = "―"


def shown_results(
    library: ManualLibrary, results: list[CaseResult], *, reader: Reader
) -> list[CaseResult]:
    """Return results without the words and places of versions that the reader may not read now.

    Ranks, outcomes and numbers stay, so that all readers see the same figures. The operator of the
    server sees everything.
    """
    if OPERATOR_ROLE in reader.roles:
        return results
    told = {version for result in results for version in result.versions}
    readable = library.readable(told, reader=reader)
    return [_shown(result, readable) for result in results]


def _shown(result: CaseResult, readable: set[str]) -> CaseResult:
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
