"""Whether two manuals say one thing in almost the same words, so that quoting one is enough."""

from __future__ import annotations

from collections import Counter

from assistant.answers.claims import same_yes_or_no
from assistant.japanese.figures import figures, measured
from assistant.japanese.likeness import letter_pairs, likeness
from assistant.japanese.tokens import content_forms

_ALIKE = 0.8


def near_duplicates(one: str, other: str) -> bool:
    """Tell whether two texts are alike, give the same figures, and the shorter says nothing new.

    A word that only one of two has beside a word that only the other has (課長 and 部長) is a
    difference, and so is a yes beside a no.
    """
    if likeness(letter_pairs(one), letter_pairs(other)) < _ALIKE:
        return False
    said, told = content_forms(one), content_forms(other)
    return (
        (said <= told or told <= said)
        and Counter(map(measured, figures(one))) == Counter(map(measured, figures(other)))
        and same_yes_or_no(one, other)
    )
