"""What the manuals disagree on, in words for the screen and for the command line."""

from __future__ import annotations

from typing import Final

from assistant.domain import Answer, Citation, Conflict

CONFLICT_HEADING: Final = "記載が食い違っています"


def conflict_words(conflict: Conflict, answer: Answer) -> str:
    """Return in Japanese which rules give which figures, and what to do."""
    citations = {citation.marker: citation for citation in answer.citations}
    one, other = ((citations[side.marker], side.figure) for side in conflict.sides)
    if one[0].version_id == other[0].version_id:
        return (
            f"『{one[0].manual}』に「{one[1]}」と「{other[1]}」の二つの定めがあります。"
            "どちらによるかを、引用の箇所で確かめてください。"
        )
    return (
        f"{_says(*one)}、{_says(*other)}としており、二つのマニュアルの記載が異なります。"
        "どちらによるかを担当課に確かめてください。"
    )


def _says(citation: Citation, figure: str) -> str:
    owner = citation.owner_section
    if owner and citation.owner_extension:
        owner += f"、内線{citation.owner_extension}"
    return f"『{citation.manual}』{f'（担当：{owner}）' if owner else ''}は「{figure}」"
