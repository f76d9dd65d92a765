"""What our own evaluation found the local model's texts worth on this machine, kept in a file."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.downloads import explained_file_errors, written_atomically

VERDICT_FILE = "local-model-verdict.json"
SLOW_SECONDS = 15.0  # a first sentence later than this is not worth waiting for

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LocalVerdict:
    """How a local model did on a question set, each text judged alone.

    `quotations` and `written` are the shares (0..1) of questions that the quotations and the
    model's text answer rightly, `both` the share that the two together do. `first_sentence` is
    the median of seconds to the first sentence, None where none was written.
    """

    model: str
    judged_on: str
    questions: int
    quotations: float
    written: float
    both: float
    first_sentence: float | None

    @property
    def is_worth_writing(self) -> bool:
        """Whether `auto` puts the model's text under the quotations: not less right, not slow."""
        in_time = self.first_sentence is not None and self.first_sentence <= SLOW_SECONDS
        return in_time and self.written >= self.quotations


def read_verdict(data_dir: Path, *, model: str) -> LocalVerdict | None:
    """Return the verdict on `model`, None where there is none; an unusable file is logged."""
    path = data_dir / VERDICT_FILE
    try:
        verdict = LocalVerdict(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        _log.warning("%s is unusable (%s): run chonai eval model again", path, error)
        return None
    return verdict if verdict.model == model else None


def write_verdict(data_dir: Path, verdict: LocalVerdict) -> None:
    """Keep a verdict; raises ModelFilesUnavailable."""
    content = json.dumps(asdict(verdict), ensure_ascii=False, indent=1) + "\n"
    with (
        explained_file_errors(data_dir, needed=len(content)),
        written_atomically(data_dir / VERDICT_FILE) as stream,
    ):
        stream.write(content.encode())
