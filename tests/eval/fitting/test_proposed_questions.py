from __future__ import annotations

from assistant.opening import Assistant
from eval.fitting.proposed_questions import measured

QUESTION = "少額の随意契約は、工事だといくらまでできますか"


def test_every_checked_proposal_is_answered(assistant_with_manuals: Assistant) -> None:
    answers, [worded, checked] = measured(
        assistant_with_manuals, [QUESTION, "住民票の写しは1通いくらですか"]
    )
    assert answers == 1
    assert 0 < checked.outcomes.total() <= 3
    assert worded.outcomes.total() == 3
    assert checked.outcomes["refused"] == 0
    assert len(checked.seconds) == len(worded.seconds) == 1
