"""Measures a real server while many signed-in people have the page open and ask now and then.

Usage: python -m eval.benchmarks.open_sessions [--sessions N] [--minutes M] [--chunks N]
       [--manuals DIR] [--data DIR] [--mode MODE]

Every session asks one question a minute, evenly spread, at most ten at a time. The server runs on
a throw-away library: the manuals (filled up with copies to --chunks), or a copy of --data.
"""

from __future__ import annotations

import argparse
import json
import logging
import secrets
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from websockets.exceptions import WebSocketException

from assistant.answers.shaping import REFUSAL
from assistant.errors import AssistantError
from assistant.opening import open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.settings import Settings, read_settings
from eval.benchmarks.large_library import development_questions, fill
from eval.benchmarks.page_session import PageSession, Place, open_page
from eval.benchmarks.process_memory import megabytes
from eval.benchmarks.server_process import ServerProcess, environment, served, sign_in
from eval.ranking_metrics import percentile

ANSWERING_AT_ONCE: Final = 10
_MINUTE: Final = 60.0
_MEMORY_EVERY: Final = 30.0  # seconds
_SIGNING_IN_AT_ONCE: Final = 4  # each check of a password takes a core and 64 MB for a moment
_QUESTION_MARK: Final = ">質問</h2>"  # the hidden heading over what a person asked
_QUOTED: Final = "マニュアルの記載の引用です"
_QUOTATION: Final = 'class="chonai-quote"'
_BY_A_MODEL: Final = "AIが作成した回答です"
_SENTENCE: Final = 'class="chonai-body"'
_ENDED: Final = "回答のしかた："
# What is called good: the page and the evidence feel immediate, memory does not creep.
_READY_P95, _EVIDENCE_P95, _SLOPE = 3.0, 3.0, 1.0  # seconds, seconds, MB a minute


@dataclass(frozen=True)
class Asked:
    """What became of one question; seconds are from Enter."""

    outcome: str  # quoted, refused, asked back or failed
    seconds: float
    evidence: float | None = None
    sentence: float | None = None
    problem: str = ""


@dataclass(frozen=True)
class Load:
    """How much is asked of the server."""

    sessions: int
    minutes: float
    questions: Sequence[str]


def open_sessions(
    *,
    settings: Settings,
    sessions: int = 50,
    minutes: float = 10,
    chunks: int = 0,
    manuals: Path = Path("manuals"),
    data: Path | None = None,
    mode: str = "extractive",
) -> dict[str, Any]:
    """Prepare a library and people, serve it, and return the figures of the load.

    `data` is a closed data directory that is copied in place of ingesting the manuals. Raises
    OperationError when the server does not start or does not let anybody in.
    """
    with tempfile.TemporaryDirectory(prefix="chonai-load-") as folder:
        directory = Path(folder) / "data"
        if data is not None:
            shutil.copytree(data, directory, ignore=shutil.ignore_patterns("models"))
        password, numbers = secrets.token_urlsafe(18), [f"8{n:05d}" for n in range(sessions)]
        held = _prepare(
            _apart(settings, directory), numbers, password, manuals=manuals, chunks=chunks,
            is_filled=data is not None,
        )  # fmt: skip
        asked_of = environment(
            directory,
            settings,
            ASSISTANT_MODE=mode,
            ASSISTANT_EMBEDDING_ENGINE=settings.embedding_engine,
            ASSISTANT_ENDPOINT_URL=settings.endpoint_url,
            ASSISTANT_ENDPOINT_MODEL=settings.endpoint_model,
            ASSISTANT_ENDPOINT_API_KEY=settings.endpoint_api_key.get_secret_value(),
        )
        load = Load(sessions, minutes, development_questions(400))
        with served(asked_of) as server:
            figures = _under_load(server, load, _cookies(server, numbers, password))
    return {"sessions": sessions, "minutes": minutes, "chunks": held, "mode": mode, **figures}


def _apart(settings: Settings, directory: Path) -> Settings:
    apart: dict[str, object] = {"data_dir": directory, "models_dir": settings.models_folder}
    return settings.model_copy(
        update=apart | {"database_url": "", "chroma_url": "", "mode": "extractive"}
    )


def _prepare(
    settings: Settings,
    numbers: Sequence[str],
    password: str,
    *,
    manuals: Path,
    chunks: int,
    is_filled: bool,
) -> int:
    """Fill the library and add people who have a password; return the number of chunks."""
    with open_assistant(settings) as assistant:
        if not is_filled or chunks:
            fill(assistant, manuals=manuals, chunks=chunks)
        for number in numbers:
            assistant.accounts.add(number, name="計測", section="計測課", by=OPERATOR_ACTOR)
            member = assistant.accounts.member(number)
            assistant.local_sign_in.set_password(member, password, by=OPERATOR_ACTOR)
        return len(assistant.library.index_contents("bodies"))


def _cookies(server: ServerProcess, numbers: Sequence[str], password: str) -> list[str]:
    """Sign everybody in by the form; return the cookies as a header has them."""

    def cookie(number: str) -> str:
        with httpx.Client(trust_env=False, timeout=60) as client:
            sign_in(client, server.base, number=number, password=password)
            return "; ".join(f"{name}={value}" for name, value in client.cookies.items())

    with ThreadPoolExecutor(_SIGNING_IN_AT_ONCE) as signing_in:
        return list(signing_in.map(cookie, numbers))


def _under_load(server: ServerProcess, load: Load, cookies: Sequence[str]) -> dict[str, Any]:
    free = threading.BoundedSemaphore(ANSWERING_AT_ONCE)
    begins = time.monotonic()
    ends = begins + _MINUTE * load.minutes
    with ThreadPoolExecutor(load.sessions + 1) as people:
        memory = people.submit(_memory, server.process_id, begins, ends)
        pages = [
            people.submit(_person, server.base, cookie, number, load, begins, free)
            for number, cookie in enumerate(cookies)
        ]
        found = [page.result() for page in pages]
        samples = memory.result()
    ready = [seconds for seconds, _ in found if seconds is not None]
    return figures(ready, [asked for _, all_asked in found for asked in all_asked], samples)


def _person(
    base: str,
    cookie: str,
    number: int,
    load: Load,
    begins: float,
    free: threading.BoundedSemaphore,
) -> tuple[float | None, list[Asked]]:
    """Open the page at this person's time, ask each minute; return seconds to ready and results."""
    first = begins + _MINUTE * number / load.sessions
    asked: list[Asked] = []
    _wait_until(first)
    began = time.monotonic()
    try:
        httpx.get(f"{base}/", headers={"Cookie": cookie}, trust_env=False).raise_for_status()
        with open_page(base, cookie=cookie) as page:
            for _ in page.run():
                pass
            ready = time.monotonic() - began
            for minute in range(max(1, round(load.minutes))):
                _wait_until(first + _MINUTE * minute)
                with free:
                    place = minute * load.sessions + number
                    asked.append(ask(page, load.questions[place % len(load.questions)]))
            _wait_until(begins + _MINUTE * load.minutes)  # the page stays open, as people leave it
            return ready, asked
    except (AssistantError, WebSocketException, httpx.HTTPError, OSError) as error:
        failed = Asked(
            "failed", time.monotonic() - began, problem=f"{type(error).__name__}: {error}"
        )
        return None, [*asked, failed]


def _wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def ask(page: PageSession, question: str) -> Asked:
    """Ask on an open page, look at it as it grows, and return what stood there when."""
    before = len(_questions(page))
    began = time.monotonic()
    evidence = sentence = None
    for _ in page.run(question):
        if evidence is None or sentence is None:
            answer, spent = _answer(page, before), time.monotonic() - began
            if evidence is None and _QUOTED in answer and _QUOTATION in answer:
                evidence = spent
            if sentence is None and _SENTENCE in answer.partition(_BY_A_MODEL)[2]:
                sentence = spent
    answer, seconds = _answer(page, before), time.monotonic() - began
    problem = "／".join(page.problems) or ("" if _ENDED in answer else "回答が終わりませんでした。")
    if problem:
        return Asked("failed", seconds, evidence, sentence, problem)
    outcome = "quoted" if _QUOTED in answer else "refused" if REFUSAL in answer else "asked back"
    return Asked(outcome, seconds, evidence, sentence)


def _questions(page: PageSession) -> list[Place]:
    return [place for place, html in page.shown.items() if _QUESTION_MARK in html]


def _answer(page: PageSession, before: int) -> str:
    """Return the HTML under the newest question, "" while no more than those before are drawn."""
    questions = sorted(_questions(page))
    if len(questions) <= before:
        return ""
    return "".join(html for place, html in sorted(page.shown.items()) if place > questions[-1])


def _memory(process_id: int, begins: float, ends: float) -> list[tuple[float, float]]:
    """Return (minute, megabytes) of the server at each half minute of the load."""
    samples = []
    moment = begins
    while moment <= ends:
        _wait_until(moment)
        samples.append(((moment - begins) / _MINUTE, round(megabytes(process_id), 1)))
        moment += _MEMORY_EVERY
    return samples


def figures(
    ready: Sequence[float], asked: Sequence[Asked], memory: Sequence[tuple[float, float]]
) -> dict[str, Any]:
    """Return the figures of a load: seconds, counts, and the server's (minute, megabytes)."""
    evidence = _seconds([one.evidence for one in asked])
    opened = _seconds(ready)
    problems = Counter(one.problem for one in asked if one.problem)
    slope = _slope(memory)
    good = {
        "no_errors": not problems,
        f"page_ready_p95<={_READY_P95:g}s": _at_most(opened["p95"], _READY_P95),
        f"evidence_p95<={_EVIDENCE_P95:g}s": _at_most(evidence["p95"], _EVIDENCE_P95),
        f"memory_slope<={_SLOPE:g}MB/min": None if slope is None else slope <= _SLOPE,
    }
    return {
        "questions": len(asked),
        "outcomes": dict(sorted(Counter(one.outcome for one in asked).items())),
        "errors": dict(problems),
        "page_ready_seconds": opened,
        "evidence_seconds": evidence,
        "verified_sentence_seconds": _seconds([one.sentence for one in asked]),
        "whole_answer_seconds": _seconds([o.seconds for o in asked if o.outcome != "failed"]),
        "memory_megabytes": [taken for _, taken in memory],
        "memory_slope_megabytes_a_minute": slope,
        "passed": good,
    }


def _seconds(values: Sequence[float | None]) -> dict[str, float | None]:
    known = [value for value in values if value is not None]
    shares = {"p50": percentile(known, 0.5), "p95": percentile(known, 0.95)}
    return {name: None if v is None else round(v, 3) for name, v in shares.items()}


def _at_most(value: float | None, limit: float) -> bool | None:
    return None if value is None else value <= limit


def _slope(memory: Sequence[tuple[float, float]]) -> float | None:
    """Return the least-squares slope of the second half in MB a minute, None for one sample."""
    second = memory[len(memory) // 2 :]
    if len(second) < 2:
        return None
    minutes, megabytes_then = zip(*second, strict=True)
    return round(statistics.linear_regression(minutes, megabytes_then).slope, 2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as one JSON document."""
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--chunks", type=int, default=0, help="fill the library up with copies")
    parser.add_argument("--manuals", type=Path, default=Path("manuals"))
    parser.add_argument("--data", type=Path, help="copy this closed data directory")
    parser.add_argument("--mode", default="extractive", choices=("extractive", "local", "endpoint"))
    given = parser.parse_args(arguments)
    figures_found = open_sessions(settings=read_settings(), **vars(given))
    sys.stdout.write(json.dumps(figures_found, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
