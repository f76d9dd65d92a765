"""A case as people write it in a form: the cells of the workbook, read one case at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant import calendar
from assistant.errors import UnusableList, UsageError
from assistant.evaluations.sets import KeptCase
from assistant.people.audit.trail import Actor
from eval.sets.case_rows import kept_case
from eval.sets.set_columns import row_of_cells


def written_case(
    cells: Mapping[str, str], *, before: KeptCase | None, approves: bool, by: Actor
) -> KeptCase:
    """Return a case as a form says it; raises UsageError, UnusableList with all that is wrong.

    Who changes an approved case, or approves a draft, answers for it from now on.
    """
    problems: list[str] = []
    row = row_of_cells(cells, problems)
    if problems:
        raise UnusableList("質問に直すところがあります（まだ保存していません）。", problems)
    try:
        case = kept_case(row)
    except ValueError as error:
        raise UsageError(f"保存していません。{error}。直してください。") from error
    origin = "" if before is None else before.origin
    if not approves and (before is None or before.state == "draft"):
        return replace(case, state="draft", origin=origin)
    return replace(
        case,
        state="approved",
        origin=origin,
        approved_by_name=by.name,
        approved_at=calendar.stored_now(),
    )
