"""A program that publishes through the question sets and is killed at one step after the other.

Its argument is a folder; in it there is a data directory for each step, named after the step.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from publishing_jobs import open_directory
from small_manuals import prepared_manual, publish_text

from assistant.evaluations.sets import QuestionSets
from assistant.jobs.records import Jobs
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.sets.case_rows import NumberedRow, kept_cases
from eval.trials import publication_trial
from ui.composition import Background

OLD: Final = ("契約書は二通作ります。", "限度額は80万円です。")
NEW: Final = ("契約書は二通作ります。", "限度額は120万円です。")
ROW: Final = {
    "id": "1", "question": "限度額は", "answerable": True, "file": "contract.txt", "page": 2,
    "key_facts": ["80万円"],
}  # fmt: skip
STEPS: Final[dict[str, tuple[Any, str]]] = {
    "before_the_job": (Jobs, "add"),
    "within_the_trial": (publication_trial, "run_case"),
    "before_it_is_kept": (QuestionSets, "freeze"),
    "before_the_end": (Jobs, "end"),
}
"""The functions that the process does not live to call."""


def main(folder: Path) -> None:
    """Die at every step."""
    for step in STEPS:
        child = os.fork()
        if child == 0:
            _die(folder / step, step)
        _, status = os.waitpid(child, 0)
        print(step, os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def _die(folder: Path, step: str) -> None:
    try:
        assistant = open_directory(folder)
        publish_text(assistant, *OLD)
        cases = kept_cases([NumberedRow(1, ROW)])
        QuestionSets(assistant.database).replace("契約", cases, by=OPERATOR_ACTOR)
        prepared = prepared_manual(*NEW)
        store_vectors(assistant.library.vectors, assistant.library.encoder, prepared.drafts)
        version = Publisher(assistant.library).draft(prepared)
        owner, name = STEPS[step]
        setattr(owner, name, _killed())
        job = assistant.publications.publish(version.id, by=OPERATOR_ACTOR)
        if job is not None:
            Background(assistant).do([job.id], say=lambda _: None)
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def _killed() -> Callable[..., None]:
    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    return die


if __name__ == "__main__":
    main(Path(sys.argv[1]))
