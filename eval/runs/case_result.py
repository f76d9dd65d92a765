"""What one case of a question set came to: the line of a run file, a row of a stored run."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CaseResult:
    """What one case came to.

    `place_rank` is the rank of the first retrieved chunk on an expected place, `section_rank` of
    the first one of the expected section (0 = none of them), times are in seconds, `unsupported`
    the figures without support as they were shown. `probability` (0..1) is how likely the
    evidence was taken to hold the answer; `manual` the file in which it is expected, `found` the
    places of the retrieved chunks, best first, `quotes` the quoted words, `versions` the ids of all
    versions that any of this speaks of.
    """

    id: str
    kind: str
    question: str
    answerable: bool
    outcome: str
    mode: str | None = None
    place_rank: int | None = None
    outcome_right: bool = False
    citation_right: bool | None = None
    key_facts: float | None = None
    unsupported: list[str] = field(default_factory=list)
    first_evidence_seconds: float | None = None
    seconds: float | None = None
    replaced: int = 0
    text: str = ""
    cited: list[str] = field(default_factory=list)
    error: str | None = None
    section_rank: int | None = None
    ndcg: float | None = None
    citation_precision: float | None = None
    citation_recall: float | None = None
    missing_facts: list[str] = field(default_factory=list)
    probability: float | None = None
    manual: str = ""
    found: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    as_of: str | None = None
    model: str | None = None
    versions: list[str] = field(default_factory=list)

    def place_within(self, limit: int) -> float | None:
        """Return 1.0 if an expected place is among the first `limit` chunks, else 0.0."""
        return _within(self.place_rank, limit)

    def section_within(self, limit: int) -> float | None:
        """Return 1.0 if the expected section is among the first `limit` chunks, else 0.0."""
        return _within(self.section_rank, limit)

    @property
    def reciprocal_rank(self) -> float | None:
        """1 / rank of the expected place, 0.0 where it was not found."""
        rank = self.place_rank
        return None if rank is None else (1 / rank if rank else 0.0)


def _within(rank: int | None, limit: int) -> float | None:
    return None if rank is None else float(0 < rank <= limit)
