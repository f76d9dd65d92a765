"""Only questions that would be answered are proposed, and each set is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from small_manuals import prepared_manual

from assistant.answers.foreseeing import Foreseen
from assistant.answers.proposed import ProposedQuestions
from assistant.domain import Answer, Citation, Reader, Span, Turn
from assistant.library import ChunkDraft, Publisher
from assistant.library.drafts import store_vectors
from assistant.opening import Assistant

DAY = date(2026, 11, 27)
READER = Reader("ann", section="総務課")
HEADINGS = (
    "本の貸出期間",
    "本の返却期限",
    "予約の受付時間",
    "延滞料の金額",
    "督促の時期",
    "団体の貸出人数",
)


@dataclass
class Looking:
    """Foresees what a test says of each question, and counts how often it is asked."""

    sections: frozenset[tuple[str, tuple[str, ...]]]
    sure: dict[str, float] = field(default_factory=dict)
    usual: float = 0.9
    asked: list[str] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)

    def foreseen(
        self, question: str, *, reader: Reader, as_of: date | None, turns: Sequence[Turn] = ()
    ) -> Foreseen:
        self.asked.append(question)
        self.turns.append(len(turns))
        return Foreseen(self.sure.get(question, self.usual), self.sections)


def _publish(assistant: Assistant, name: str, audience: str = "everyone") -> str:
    drafts = [
        ChunkDraft(
            (heading,), n, n, "text", f"{heading}は、{n}番の決まりによります。", (Span(0, 3, n),)
        )
        for n, heading in enumerate(HEADINGS, 1)
    ]
    prepared = replace(
        prepared_manual("x", manual_id=name, title=f"{name}の手引き", audience=audience),
        drafts=drafts,
    )
    store_vectors(assistant.library.vectors, assistant.library.encoder, drafts)
    return Publisher(assistant.library).publish(prepared).id


@pytest.fixture
def version(quick_assistant: Assistant) -> str:
    return _publish(quick_assistant, "図書館")


@pytest.fixture
def looking(version: str) -> Looking:
    return Looking(frozenset((version, (heading,)) for heading in HEADINGS))


@pytest.fixture
def answer(quick_assistant: Assistant, version: str) -> Answer:
    found = quick_assistant.answering.answer(
        "本の貸出期間は何番の決まりですか", reader=READER, as_of=DAY
    )
    [chunk] = [c for c in quick_assistant.library.text(version, reader=READER) if c.ordinal == 0]
    assert chunk.heading_path == (HEADINGS[0],)
    cited = Citation(
        1, chunk.id, version, "図書館の手引き", "図書館.txt", 1, 1, "0", chunk.heading_path, chunk.text,
        chunk.text_hash,
    )  # fmt: skip
    return replace(found, outcome="answered", citations=(cited,))


def _after(proposed: ProposedQuestions, answer: Answer, reader: Reader = READER) -> tuple[str, ...]:
    return proposed.after("a1", [answer], reader=reader, asked=[answer.question])


def test_what_would_be_refused_is_not_proposed(
    quick_assistant: Assistant, looking: Looking, answer: Answer
) -> None:
    looking.sure["本の返却期限を教えてください"] = 0.2
    found = _after(ProposedQuestions(quick_assistant.library, looking), answer)
    assert found == (
        "予約の受付時間を教えてください", "延滞料の金額を教えてください", "図書館の督促の時期を教えてください",
    )  # fmt: skip
    assert set(looking.turns) == {1}  # they will be asked as what follows this answer


def test_what_another_section_would_answer_is_not_proposed(
    quick_assistant: Assistant, looking: Looking, answer: Answer
) -> None:
    looking.sections = frozenset(s for s in looking.sections if s[1] == ("延滞料の金額",))
    assert _after(ProposedQuestions(quick_assistant.library, looking), answer) == (
        "延滞料の金額を教えてください",
    )


def test_an_answer_is_looked_into_once_until_the_library_changes(
    quick_assistant: Assistant, looking: Looking, answer: Answer
) -> None:
    proposed = ProposedQuestions(quick_assistant.library, looking)
    found = _after(proposed, answer)
    assert len(looking.asked) == len(found) == 3
    assert _after(proposed, answer) == found
    assert len(looking.asked) == 3
    _publish(quick_assistant, "会議室")
    _after(proposed, answer)
    assert len(looking.asked) > 3


def test_what_may_be_read_is_not_kept_for_another_reader(
    quick_assistant: Assistant, looking: Looking
) -> None:
    version = _publish(quick_assistant, "秘密", audience="section:総務課")
    looking.sections |= {(version, (heading,)) for heading in HEADINGS}
    proposed = ProposedQuestions(quick_assistant.library, looking)
    assert len(proposed.first(reader=READER, today=DAY)) == 2
    assert len(proposed.first(reader=Reader("bob", section="税務課"), today=DAY)) == 1
    asked = len(looking.asked)
    assert len(proposed.first(reader=replace(READER, person_id="eve"), today=DAY)) == 2
    assert len(looking.asked) == asked  # a colleague's are the same


@pytest.mark.parametrize(("sure", "count"), [(0.4, 0), (0.9, 1)])
def test_nothing_doubtful_is_proposed_to_begin_with(
    quick_assistant: Assistant, looking: Looking, sure: float, count: int
) -> None:
    looking.usual = sure
    found = ProposedQuestions(quick_assistant.library, looking).first(reader=READER, today=DAY)
    assert len(found) == count


def _ticking(step: float) -> Callable[[], float]:
    times = iter(step * n for n in range(1_000))
    return lambda: next(times)


def test_looking_ends_when_its_time_is_over(
    quick_assistant: Assistant, looking: Looking, answer: Answer
) -> None:
    proposed = ProposedQuestions(quick_assistant.library, looking, clock=_ticking(0.4))
    assert len(_after(proposed, answer)) == 2
    assert len(looking.asked) == 2
