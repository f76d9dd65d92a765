from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.database import Database
from assistant.language_model.choice import ModelChoice
from assistant.language_model.local_verdict import (
    VERDICT_FILE,
    LocalVerdict,
    read_verdict,
    write_verdict,
)
from assistant.settings import Settings

VERDICT = LocalVerdict("small.gguf", "2026-11-27", 20, 0.6, 0.7, 0.8, 4.0)


@pytest.mark.parametrize(
    ("changes", "worth"),
    [
        pytest.param({}, True, id="righter and in time"),
        pytest.param({"written": 0.6}, True, id="as right"),
        pytest.param({"written": 0.55}, False, id="less right"),
        pytest.param({"first_sentence": 15.1}, False, id="too slow"),
        pytest.param({"first_sentence": None}, False, id="wrote nothing"),
    ],
)
def test_a_text_is_worth_writing_that_is_not_less_right_and_not_slow(
    changes: dict[str, float | None], worth: bool
) -> None:
    assert replace(VERDICT, **changes).is_worth_writing is worth


def test_a_verdict_is_read_back_for_its_own_model_only(tmp_path: Path) -> None:
    write_verdict(tmp_path, VERDICT)
    assert read_verdict(tmp_path, model="small.gguf") == VERDICT
    assert read_verdict(tmp_path, model="better.gguf") is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"model": "small.gguf"}'])
def test_an_unusable_verdict_is_none_and_logged(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / VERDICT_FILE).write_text(content, "utf-8")
    assert read_verdict(tmp_path, model="small.gguf") is None
    assert VERDICT_FILE in caplog.text


@pytest.fixture
def models(tmp_path: Path) -> Iterator[Callable[..., ModelChoice]]:
    """Choose between quotations and a local model, whose file is there but never loaded."""
    opened: list[ModelChoice] = []
    weights = tmp_path / "small.gguf"
    weights.write_bytes(b"GGUF")
    settings = Settings(data_dir=tmp_path / "data", local_model=str(weights))
    settings.data_dir.mkdir()
    database = Database(settings.data_dir / "chonai.db")

    def build(**changes: object) -> ModelChoice:
        opened.append(ModelChoice(settings.model_copy(update=changes), database))
        return opened[-1]

    yield build
    for choice in opened:
        choice.close()
    database.close()


def test_auto_leaves_the_summary_out_where_it_was_found_less_right(
    models: Callable[..., ModelChoice], tmp_path: Path
) -> None:
    assert models(mode="auto").choose().place == "summary"
    write_verdict(tmp_path / "data", replace(VERDICT, written=0.2))
    assert models(mode="auto").choose().place == "none"
    assert models(mode="auto").local_summary().place == "summary"
    assert models(mode="local").choose().place == "body"
