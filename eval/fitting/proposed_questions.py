"""Measures how many of the questions proposed under an answer are answered when they are asked.

`python -m eval.fitting.proposed_questions QUESTIONS…` asks learning questions by quotations in the
library of the data directory, then what is proposed next: as worded from headings, and as checked.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from assistant.answers.next_questions import next_questions
from assistant.answers.proposed import MOST_NEXT, turns_of
from assistant.calendar import today
from assistant.domain import Answer
from assistant.opening import Assistant, open_assistant
from assistant.owner import owned
from assistant.people.access import OPERATOR
from assistant.settings import read_settings
from eval.metrics.ranking_metrics import percentile
from eval.sets.question_set import read_question_set


@dataclass
class Row:
    """What became of the proposals of one way: outcomes, and seconds that proposing took."""

    way: str
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def measured(assistant: Assistant, questions: Sequence[str]) -> tuple[int, list[Row]]:
    """Return the number of answers that something can be proposed under, and a row for each way."""
    worded, checked = Row("as worded"), Row("as checked")
    answers = 0
    for number, question in enumerate(questions):
        answer = assistant.answering.answer(question, reader=OPERATOR, as_of=None)
        if answer.outcome != "answered":
            continue
        answers += 1
        began = time.monotonic()
        found = next_questions(assistant.library, [answer], reader=OPERATOR, asked=[question])
        texts = [proposed.text for proposed in islice(found, MOST_NEXT)]
        _ask(assistant, answer, texts, worded, time.monotonic() - began)
        began = time.monotonic()
        kept = assistant.proposed.after(
            f"question {number}", [answer], reader=OPERATOR, asked=[question]
        )
        _ask(assistant, answer, kept, checked, time.monotonic() - began)
    return answers, [worded, checked]


def _ask(
    assistant: Assistant, before: Answer, texts: Sequence[str], row: Row, seconds: float
) -> None:
    row.seconds.append(seconds)
    for text in texts:
        found = assistant.answering.answer(
            text, reader=OPERATOR, as_of=today(), turns=turns_of([before])
        )
        row.outcomes[found.outcome] += 1


def main(arguments: Sequence[str]) -> None:
    """Print the table; the arguments are question sets to learn from."""
    settings = read_settings().model_copy(update={"mode": "extractive"})
    with owned(settings.data_dir, progress=lambda _: None), open_assistant(settings) as assistant:
        cases = [case for path in arguments for case in read_question_set(Path(path))]
        answers, rows = measured(assistant, [case.question for case in cases if not case.turns])
    out = [
        f"{answers} answers",
        "",
        "| proposed | answered | asked back | refused | s p50 | s p95 |",
    ]
    out.append("|---|---|---|---|---|---|")
    for row in rows:
        total = row.outcomes.total()
        counts = [row.outcomes[name] for name in ("answered", "clarify", "refused")]
        shares = " | ".join(f"{count} ({count / max(total, 1):.1%})" for count in counts)
        spent = " | ".join(f"{percentile(row.seconds, share) or 0:.3f}" for share in (0.5, 0.95))
        out.append(f"| {row.way}: {total} | {shares} | {spent} |")
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
