from pathlib import Path

import pytest

from eval.benchmarks.audit_chain import audit_chain


@pytest.mark.parametrize("events", [1_200, pytest.param(100_000, marks=pytest.mark.full)])
def test_a_long_trail_is_appended_verified_and_exported(tmp_path: Path, events: int) -> None:
    figures = audit_chain(tmp_path, events=events)
    assert figures["events"] == events
    assert all(figures[name] > 0 for name in ("append", "verify", "export_csv", "export_xlsx"))
    print(figures)  # noqa: T201 - what `pytest -s` is run for
