from pathlib import Path

import pytest

from eval.benchmarks.first_evidence import first_evidence
from eval.benchmarks.pages_per_second import pages_per_second

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
