from pathlib import Path

import pytest

from eval.benchmarks.first_evidence import first_evidence
from eval.benchmarks.pages_per_second import pages_per_second
from eval.benchmarks.search_while_indexing import search_while_indexing

MANUAL = Path(__file__).parents[2] / "manuals" / "契約事務の手引き.pdf"


@pytest.mark.slow
def test_first_evidence_is_measured_beside_the_bare_query(assistant_with_manuals):
    figures = first_evidence(
        settings=assistant_with_manuals.settings,
        encoder=assistant_with_manuals.encoder,
        manuals=MANUAL,
        chunks=300,
        questions=5,
    )
    assert (figures["chunks"], figures["questions"]) == (300, 5)
    assert 0 < figures["ours"]["median"] <= figures["ours"]["p95"]
    assert 0 < figures["bare"]["median"] <= figures["bare"]["p95"]


@pytest.mark.slow
def test_pages_per_second_are_measured_beside_the_peer(assistant_with_manuals, tmp_path):
    (tmp_path / MANUAL.name).write_bytes(MANUAL.read_bytes())
    figures = pages_per_second(
        tmp_path,
        settings=assistant_with_manuals.settings,
        encoder=assistant_with_manuals.encoder,
        limit_pages=2,
    )
    assert figures["pages"] == 2
    assert figures["rejected"] == []
    for side in ("ours", "peer"):
        assert figures[side]["chunks"] > 0
        assert set(figures[side]["stages"]) == {"reading", "chunking", "embedding", "index"}


@pytest.mark.slow
def test_searches_are_measured_in_every_step_of_an_indexing(assistant_with_manuals, tmp_path):
    (tmp_path / MANUAL.name).write_bytes(MANUAL.read_bytes())
    figures = search_while_indexing(
        tmp_path,
        settings=assistant_with_manuals.settings,
        encoder=assistant_with_manuals.encoder,
        manuals=MANUAL,
        pages=5,
        seconds=0.3,
    )
    steps = ["reading", "cutting", "embedding", "embedding", "publishing"]
    assert [w["step"] for w in figures["windows"]][1::2] == steps
    assert [w["step"] for w in figures["windows"]][::2] == ["idle"] * 5
    assert set(figures["spent_seconds"]) == set(steps)
    assert figures["idle"]["median"] > 0
