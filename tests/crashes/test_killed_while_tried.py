"""A process that tries a version is killed: it is taken up again, and nobody sees half of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from death import KILLED, ROOT
from dying_publications import STEPS
from publishing_jobs import open_directory

from assistant import calendar
from assistant.jobs.worker import is_dead
from assistant.library.shelf import Shelf
from assistant.library.trials import last_trial
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.publications import PUBLICATION
from ui.composition import Background
from ui.job_handlers.publication import settle_publications


def test_a_kill_at_any_step_of_a_trial_loses_and_shows_nothing(tmp_path: Path) -> None:
    folders = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]
    kept = {n: v for n, v in os.environ.items() if not n.startswith("ASSISTANT_")}
    done = subprocess.run(
        [sys.executable, "-m", "dying_publications", str(tmp_path)],
        env={**kept, "PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [f"{step} {KILLED}" for step in STEPS], done.stderr
    for step in STEPS:
        with open_directory(tmp_path / step) as assistant:
            _goes_on(assistant, step)


def _goes_on(assistant: Assistant, step: str) -> None:
    ended = step == "before_the_end"  # it was published already, in one transaction
    assert _in_force(assistant) == ["限度額は120万円です。" if ended else "限度額は80万円です。"], (
        step
    )
    assistant.jobs.take_up_again("next", is_dead=is_dead)
    settle_publications(assistant)
    jobs = assistant.jobs.recent(kinds=[PUBLICATION], only_open=True)
    assert len(jobs) == 1, step
    [job] = Background(assistant).do([jobs[0].id], say=lambda _: None)
    assert job.state == "done", step
    assert _in_force(assistant) == ["限度額は120万円です。"], step
    [version] = [
        r.version for r in Shelf(assistant.library, None).rows() if r.version.revision == 2
    ]
    trial = last_trial(assistant.database, version.id)
    assert trial is not None, step
    assert (trial.outcome, trial.decision) == ("worse", "published"), step


def _in_force(assistant: Assistant) -> list[str]:
    """Return what is found of the limit."""
    hits = assistant.retriever.search("限度額は", reader=OPERATOR, as_of=calendar.today())
    return [hit.chunk.text for hit in hits if "限度額" in hit.chunk.text]
