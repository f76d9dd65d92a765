"""An entry is tried on the office's question sets before it is accepted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_manuals import publish_text

from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.understanding.glossary import Entry, Glossary
from eval.sets.stored_sets import import_set
from eval.trials.glossary_trial import FOLDER, NO_SETS, try_entry

CASES = (
    {"id": "1", "question": "スマホ手当の額は", "answerable": True, "file": "contract.txt", "page": 2},
    {"id": "2", "question": "契約書は何通作りますか", "answerable": True, "file": "contract.txt",
     "page": 1},
)  # fmt: skip


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, "契約書は2通作ります。", "通信費の補助は月2,000円です。")
    return quick_assistant


def _put_sets(assistant: Assistant, *cases: dict[str, object]) -> None:
    folder = Path(assistant.settings.data_dir) / FOLDER
    folder.mkdir()
    lines = (json.dumps(case, ensure_ascii=False) for case in cases)
    (folder / "office.jsonl").write_text("\n".join(lines), "utf-8")


def test_only_the_questions_that_an_entry_touches_are_asked(assistant: Assistant) -> None:
    _put_sets(assistant, *CASES)
    trial = try_entry(assistant, Entry("スマホ手当", "通信費の補助"))
    assert (trial.sets, trial.questions, trial.touched) == (("office.jsonl",), 2, 1)
    assert not trial.regressed
    assert trial.after["place_hit@5"] == 1.0
    assert "質問2件のうち1件に影響" in trial.words
    assert Glossary(assistant.database).meanings("スマホ手当の額は") == ["スマートフォン"]


def test_without_question_sets_that_is_said(assistant: Assistant) -> None:
    trial = try_entry(assistant, Entry("スマホ手当", "通信費の補助"))
    assert (trial.words, trial.regressed) == (NO_SETS, False)


def test_a_lower_measure_is_a_regression(assistant: Assistant) -> None:
    _put_sets(assistant, *CASES)
    trial = try_entry(assistant, Entry("スマホ手当", "通信費の補助"))
    worse = type(trial)(
        trial.sets,
        2,
        1,
        {**trial.after, "place_hit@5": 1.0},
        {**trial.after, "place_hit@5": 0.0},
        (),
    )
    assert worse.regressed


def test_a_question_set_that_cannot_be_read_stops_the_trial(assistant: Assistant) -> None:
    _put_sets(assistant, {"id": "1"})
    with pytest.raises(UsageError, match="1 行目"):
        try_entry(assistant, Entry("スマホ手当", "通信費の補助"))


def test_sets_in_the_database_are_asked_as_well(assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "契約.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in CASES), "utf-8")
    import_set(assistant.database, file, name="契約", by=OPERATOR_ACTOR)
    trial = try_entry(assistant, Entry("スマホ手当", "通信費の補助"))
    assert (trial.sets, trial.questions, trial.touched) == (("契約",), 2, 1)
