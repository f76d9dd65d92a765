"""What is known of the answer to a question before it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answers.judgement import THRESHOLD


@dataclass(frozen=True)
class Foreseen:
    """The probability (0..1) that what is found holds the answer, and the sections quoted.

    A section is a version's id with the heading path.
    """

    probability: float
    sections: frozenset[tuple[str, tuple[str, ...]]]

    @property
    def is_answerable(self) -> bool:
        """Whether the question would be answered, not refused."""
        return self.probability >= THRESHOLD
