"""What code works out from a figure of the question and the best quotation, with its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.answers.computing.amounts import amount_by_rate, amount_by_unit
from assistant.answers.computing.deadlines import last_day
from assistant.answers.computing.limits import within_limit
from assistant.answers.evidence import Passage
from assistant.domain import AnswerSentence

_RULES: Final = (amount_by_rate, amount_by_unit, last_day)


def computed_sentences(question: str, passages: Sequence[Passage]) -> tuple[AnswerSentence, ...]:
    """Return one sentence with its steps, or none where the rule is not unambiguous.

    Only the best quotation is a rule, and it must hold exactly one figure that fits; no model
    takes part. A comparison with a limit is said where no amount and no day is worked out.
    """
    for passage in passages[:1]:
        rule = passage.citation.found_words
        found = [worked_out for work in _RULES if (worked_out := work(question, rule))]
        if not found and (compared := within_limit(question, rule)):
            found = [compared]
        if len(found) == 1:
            return (AnswerSentence(found[0].text, "computed", (passage.citation.marker,)),)
    return ()
