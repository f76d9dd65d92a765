"""Reading rights as a property: whatever happens in the office, nothing hidden comes out.

Each seed is one office; a failure names its seed and case, and the seed's test replays it:
`pytest tests/assistant/people/test_reading_rights.py -k 1003`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hashed_encoder import HashedEncoder
from openai_stub import OpenAIStub, honest, mixer, refuser
from rights_channels import Channels, Leak, Missing
from rights_world import FIRST_DAY, Clock, World
from small_manuals import prepared_manual

from assistant import calendar, tables
from assistant.answer_records import AnswerRecords
from assistant.answers.rights import Rights
from assistant.domain import Reader, Span
from assistant.library import ChunkDraft, ManualLibrary, Publisher
from assistant.library.drafts import store_vectors
from assistant.library.in_force import shown_on
from assistant.opening import Assistant, open_assistant
from assistant.people.access import OPERATOR
from assistant.people.directory import Directory
from assistant.people.sections.lineage import Lineage
from assistant.settings import Settings

SEEDS = (2, 3, 4, 6, 8, 9)
CASES = 50
LONG_SEEDS = range(1001, 1052)
LONG_CASES = 100
WITHIN = 150  # cases in which a broken right must have been noticed
AT_LEAST = {
    "readable asked": 10, "hidden asked": 5, "answer tells": 10, "answered": 5, "refused": 5,
    "lost": 2, "cut": 5, "followed": 5, "follow-up": 1, "proposed": 5,
    "hidden words searched": 3, "readable words searched": 3,
}  # fmt: skip

Sabotage = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(calendar, "now", told.now)
    return told


def _run(channels: Channels, cases: int, tell_run: list[str]) -> None:
    for _ in range(cases):
        channels.step()
    tell_run.append(f"閲覧権の性質テスト: {channels.cases} 件（シード {channels.world.seed}）")
    assert channels.cases == cases


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_of_a_hidden_manual_comes_out_and_all_of_a_readable_one(
    seed: int, quick_assistant: Assistant, clock: Clock, tell_run: list[str]
) -> None:
    channels = Channels(World(quick_assistant, seed, clock))
    _run(channels, CASES, tell_run)
    few = {kind: n for kind, n in AT_LEAST.items() if channels.tally[kind] < n}
    assert not few, dict(channels.tally)


@pytest.mark.full
@pytest.mark.parametrize("seed", LONG_SEEDS)
def test_nothing_of_a_hidden_manual_comes_out_for_long(
    seed: int, quick_assistant: Assistant, clock: Clock, tell_run: list[str]
) -> None:
    _run(Channels(World(quick_assistant, seed, clock)), LONG_CASES, tell_run)


@pytest.mark.slow
@pytest.mark.parametrize("writes", [honest, mixer, refuser])
def test_a_model_is_told_and_tells_nothing_of_a_hidden_manual(
    writes: Callable[[str], list[str]],
    stub: OpenAIStub,
    settings: Settings,
    clock: Clock,
    tell_run: list[str],
) -> None:
    stub.behave(writes)

    def overheard() -> list[object]:
        heard, stub.heard.chats = stub.heard.chats, []
        return heard

    endpoint = settings.model_copy(
        update={"mode": "endpoint", "endpoint_url": stub.url, "endpoint_model": stub.model}
    )
    with open_assistant(endpoint, encoder=HashedEncoder()) as opened:
        channels = Channels(World(opened, 5, clock), overheard=overheard)
        _run(channels, 25, tell_run)


def _everybody_may_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.library.reading.may_read", lambda audience, reader: True)


def _answers_stay_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rights, "answer", lambda self, answer, reader: answer)


def _audiences_keep_old_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lineage, "audience", lambda self, audience, *, said, today: audience)


def _people_keep_old_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lineage, "heir", lambda self, name, *, said, today, manual_id=None: name)


def _changes_go_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ManualLibrary, "revision", lambda self: 1)


def _days_go_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    read = ManualLibrary._read_sources

    def of_the_first_day(self: ManualLibrary, revision: int, as_of: Any, today: Any) -> Any:
        return read(self, revision, as_of, FIRST_DAY)

    monkeypatch.setattr(ManualLibrary, "_read_sources", of_the_first_day)


def _members_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Directory.member_by_number

    @lru_cache
    def remembered(self: Directory, number: str, today: Any) -> Any:
        return found(self, number, today=today)

    monkeypatch.setattr(
        Directory,
        "member_by_number",
        lambda self, number, *, today: remembered(self, number, today),
    )


def _commands_read_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.commands.dispatch.reader_for", lambda assistant, arguments: OPERATOR)


def _commands_let_everybody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def let_in(assistant: Assistant, arguments: dict[str, Any]) -> Reader:
        number = arguments.get("as_number")
        return assistant.accounts.member(number).reader if number else OPERATOR

    monkeypatch.setattr("ui.commands.dispatch.reader_for", let_in)


def _references_lead_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    referenced = ManualLibrary.referenced
    monkeypatch.setattr(
        ManualLibrary,
        "referenced",
        lambda self, ids, *, reader, as_of: referenced(self, ids, reader=OPERATOR, as_of=as_of),
    )


def _also_show(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    monkeypatch.setattr(
        "assistant.library.reading.shown_on",
        lambda today: shown_on(today) | (tables.manual_version.c.state == state),
    )


def _withdrawn_versions_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    _also_show(monkeypatch, "withdrawn")


def _half_versions_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    _also_show(monkeypatch, "staged")


def _answers_of_others_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    get = AnswerRecords.get
    monkeypatch.setattr(
        AnswerRecords, "get", lambda self, answer_id, *, person_id=None: get(self, answer_id)
    )


def _the_section_to_ask_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = Rights.answer

    def with_owner(self: Rights, answer: Any, reader: Reader) -> Any:
        found = cut(self, answer, reader)
        return found and replace(found, owner=answer.owner)

    monkeypatch.setattr(Rights, "answer", with_owner)


def _nobody_may_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.library.reading.may_read", lambda audience, reader: False)


def _run_offices(settings: Settings, folder: Path, clock: Clock) -> None:
    """Run the offices of the seeds one after the other, WITHIN cases in all."""
    for seed in SEEDS[: WITHIN // CASES]:
        clock.day = FIRST_DAY
        own = settings.model_copy(update={"data_dir": folder / str(seed)})
        with open_assistant(own, encoder=HashedEncoder()) as opened:
            channels = Channels(World(opened, seed, clock))
            for _ in range(CASES):
                channels.step()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sabotage", "noticed"),
    [
        pytest.param(sabotage, noticed, id=sabotage.__name__.strip("_"))
        for sabotage, noticed in (
            (_everybody_may_read, Leak),
            (_answers_stay_as_they_were, Leak),
            (_audiences_keep_old_names, (Leak, Missing)),
            (_people_keep_old_sections, (Leak, Missing)),
            (_changes_go_unnoticed, (Leak, Missing)),
            (_days_go_unnoticed, (Leak, Missing)),
            (_members_are_remembered, (Leak, Missing)),
            (_commands_read_everything, Leak),
            (_commands_let_everybody_in, Leak),
            (_references_lead_everywhere, Leak),
            (_withdrawn_versions_are_shown, Leak),
            (_half_versions_are_shown, Leak),
            (_answers_of_others_are_shown, Leak),
            (_the_section_to_ask_stays, Leak),
            (_nobody_may_read, Missing),
        )
    ],
)  # fmt: skip
def test_a_broken_right_is_noticed(
    sabotage: Sabotage,
    noticed: type[AssertionError],
    settings: Settings,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    sabotage(monkeypatch)
    with pytest.raises(noticed):
        _run_offices(settings, tmp_path, clock)


def test_the_section_to_ask_is_that_of_a_manual_that_is_quoted(
    quick_assistant: Assistant, today: Any
) -> None:
    library = quick_assistant.library
    for name, path, text in (
        ("入札", ("入札保証金の還付", "入札保証金、還付の期限"), "受付は二階。"),
        ("契約", ("第1条",), "入札保証金は落札の後3日以内に還付する。"),
        ("休暇", ("第1条",), "休暇は前日までに届け出る。"),
    ):  # fmt: skip
        drafts = [ChunkDraft(path, 1, 1, "text", text, (Span(0, len(text), 1),))]
        store_vectors(library.vectors, library.encoder, drafts)
        prepared = prepared_manual(text, manual_id=name, title=name)
        manual = replace(prepared.manual, owner_section=f"{name}課")
        Publisher(library).publish(replace(prepared, manual=manual, drafts=drafts))
    question, reader = "入札保証金の還付の期限", Reader("p1")
    best = quick_assistant.retriever.search(question, reader=reader, as_of=today)[0]
    answer = quick_assistant.answering.answer(question, reader=reader, as_of=today)
    assert best.source.manual == "入札"
    assert [citation.manual for citation in answer.citations] == ["契約"]
    assert answer.owner is not None
    assert answer.owner.section == "契約課"
