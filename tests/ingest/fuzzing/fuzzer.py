"""Gives changed files to the readers and tells which end as neither read nor refused."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from mutation import mutated
from originals import originals

from ingest.chunking import chunk_drafts
from ingest.document import ReadDocument
from ingest.process.reading_frames import Outcome
from ingest.process.reading_process import ReadingLimits, ReadingProcess
from ingest.sectioning import sections

LIMITS = ReadingLimits(seconds=30, megabytes=1000)
_JAPANESE = re.compile(r"[ぁ-ん].*(?:ください|でした)")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_PATIENCE = 10.0  # seconds of sectioning and chunking


@dataclass
class Report:
    """What one reader did with the changed files."""

    suffix: str
    seed: int
    executions: int = 0
    read: int = 0
    findings: list[str] = field(default_factory=list)


def fuzz(suffix: str, seed: int, *, files: float, seconds: float, folder: Path) -> Report:
    """Read so many changed files of a format, or as many as can be read in so many seconds.

    Those that fail lie in the folder then.
    """
    report = Report(suffix, seed)
    known = originals(suffix)
    process = ReadingProcess()
    end = time.monotonic() + seconds
    try:
        while report.executions < files and time.monotonic() < end:
            content = changed_file(suffix, seed, report.executions, known)
            outcome = process.outcome(content, f"a.{suffix}", LIMITS)
            wrong = fault_of(outcome)
            if wrong:
                path = folder / f"{suffix}-{seed}-{report.executions}.{suffix}"
                path.write_bytes(content)
                report.findings.append(f"{path}: {wrong}")
            report.executions += 1
            report.read += outcome.document is not None
    finally:
        process.close()
    return report


def changed_file(suffix: str, seed: int, number: int, known: Sequence[bytes]) -> bytes:
    """Return the file of a number: each has random numbers of its own, small ones come oftener."""
    chance = Random(f"{suffix} {seed} {number}")
    original = known[int(len(known) * chance.random() ** 2)]
    return mutated(original, known, chance)


def fault_of(outcome: Outcome) -> str:
    """Return what is wrong with an outcome, "" for a document or a refusal that people can use."""
    if outcome.failed or outcome.stopped:
        return outcome.failed or outcome.stopped
    if outcome.refused:
        usable = _JAPANESE.search(outcome.refused) and not _UNSEEN.search(outcome.refused)
        return "" if usable else f"refused with {outcome.refused!r}"
    if outcome.document is None:
        return "nothing at all"
    return _fault_in(outcome.document)


def _fault_in(document: ReadDocument) -> str:
    names = [document.title, *document.problems]
    names += [name for page in document.pages for name in [page.label or ""]]
    names += [name for block in document.blocks for name in block.labels]
    if any(_UNSEEN.search(name) for name in names):
        return "a name that cannot be printed"
    began = time.monotonic()
    try:
        drafts = chunk_drafts(
            sections(document.blocks), lambda texts: [len(text) for text in texts], title="題"
        )
    except Exception as error:
        return f"read, but not cut into chunks: {type(error).__name__}: {error}"
    if time.monotonic() - began > _PATIENCE:
        return f"read, but cutting it into {len(drafts)} chunks takes too long"
    said = "".join(draft.text for draft in drafts)
    return "half a character" if re.search(r"[\ud800-\udfff]", said) else ""
