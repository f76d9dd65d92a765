"""Many texts get the same search forms as one, wherever they are found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant.japanese.joined_forms import joined_forms
from assistant.japanese.tokens import search_forms


def _expected(texts: list[str]) -> list[str]:
    return [" ".join(search_forms(text)) for text in texts]


@pytest.mark.parametrize("times", [1, 50], ids=["few", "many"])
def test_every_text_gets_its_search_forms(times: int) -> None:
    texts = ["病気休暇の請求には医師の診断書を添える。", "", "第3条　𩸽の塩焼き\n「引用」"] * times
    found = joined_forms(texts)
    assert found == _expected(texts)
    assert "休暇" in found[0].split()


def test_without_another_process_the_forms_are_found_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))
    texts = ["旅費の請求"] * 101
    assert joined_forms(texts) == _expected(texts)
