"""A library whose processes are killed, compared after each death with what it must hold."""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from crowd import Crowd
from death import KILLED, Doomed, Life
from kill_points import HALF_FORGOTTEN
from publishing_jobs import do_open_jobs, job_of, open_directory
from shelf import Action, Shelf, possible_actions
from wholeness import (
    COMMON,
    job_states,
    keyword_views,
    problems,
    trail_of,
    version_lines,
    views,
    wait_until_whole,
)

from assistant import calendar
from assistant.jobs.records import Jobs
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR

MANUALS = ("keiyaku", "shomu", "zaisan")
_MOST_PASSAGES = 7
_TWICE = 0.2  # how often the next start dies, too
_DAYS = 3  # of those on which something begins or ends, beside today


class KilledLibrary:
    """A data directory, the reference of what it must hold, and the kills that it has survived."""

    def __init__(
        self, folder: Path, doomed: Doomed, rng: random.Random, crowd: Crowd | None = None
    ):
        self.folder = folder
        self.crowd = crowd
        self.shelf = Shelf()
        self.kills = Counter[str]()
        self.outcomes = Counter[str]()
        self.openings: list[tuple[float, float]] = []  # seconds to open, and then until whole
        self._doomed = doomed
        self._rng = rng
        self._texts = 0
        self._jobs: list[str] = []
        self._seconds: dict[str, float] = {}
        self._steps: dict[str, list[str]] = {}

    def begin(self) -> None:
        """Publish first versions, and see by lives to their end what steps there are."""
        actions = [self._first(manual) for manual in MANUALS]
        self._waiting(actions)
        life = self._live()
        assert life.status == 0
        for action in actions:
            self.shelf = self.shelf.after(action)
        with self._opened() as assistant:
            self._be_as_told(assistant)
        for _ in range(2):
            for kind in ("publish", "draft", "release", "withdraw", "roll_back", "amend"):
                self._rehearse(kind)

    def kill_at_a_step(self) -> None:
        """Have a process do one action and kill itself at a step that few kills have been at."""
        known = [(kind, step) for kind, steps in self._steps.items() for step in steps]
        fewest = min(self.kills[_plain(step)] for _, step in known)
        rare = sorted(k for k in known if self.kills[_plain(k[1])] == fewest)
        kind, step = self._rng.choice(rare)
        ready = [m for m in MANUALS if kind in {a.kind for a in self._possible(m)}]
        action = self._action(self._rng.choice(ready or MANUALS), kind)
        self._waiting([action])
        self._survive(self._live(kill_at=step), [action])

    def kill_at_some_time(self) -> None:
        """Have a process do two actions, or mend and do them, and kill it sooner or later."""
        first, second = self._rng.sample(MANUALS, 2)
        actions = [self._action(first), self._action(second)]
        self._waiting(actions)
        usual = sum(self._seconds.get(action.kind, 0.3) for action in actions)
        once_open = self._rng.random() < 0.8
        usual = usual if once_open else self._seconds["opening"]
        life = self._live(kill_after=self._rng.uniform(0, usual), once_open=once_open)
        self._survive(life, actions)

    def _live(self, **how: Any) -> Life:
        return self._doomed.live(self.folder, eager=self.crowd is None, **how)

    def _survive(self, life: Life, actions: Sequence[Action]) -> None:
        """Open the directory after a death: all is the old or the new, then the jobs are done."""
        if life.status == KILLED:
            self.kills[life.last] += 1
        else:
            self.outcomes["alive"] += 1
        if self._rng.random() < _TWICE:
            self._die_at_the_next_start()
        began = time.monotonic()
        with self._opened() as assistant:
            opened = time.monotonic()
            done = self._old_or_new(assistant, actions)
            if self.crowd is not None:
                self.crowd.must_be_found(assistant, self._rng)
            waited = time.monotonic()
            wait_until_whole(assistant)
            self.openings.append((opened - began, time.monotonic() - waited))
            assert problems(assistant) == []
            assert self._old_or_new(assistant, actions) == done
            self._do_the_rest(assistant)
            for action in actions:
                self.shelf = self.shelf.after(action)
            self._be_as_told(assistant)

    def _die_at_the_next_start(self) -> None:
        if self._rng.random() < 0.5:
            again = self._live(kill_at=f"{HALF_FORGOTTEN}#1")
        else:
            seconds = self._rng.uniform(0, self._seconds["opening"])
            again = self._live(kill_after=seconds, once_open=False)
        if again.status == KILLED:
            self.kills[again.last] += 1
            self.outcomes["killed twice"] += 1

    def _old_or_new(self, assistant: Assistant, actions: Sequence[Action]) -> list[bool]:
        """Return for each action whether it has been done; fails if the answer is neither."""
        found: list[bool] = []
        seen = self.shelf
        for action in actions:
            after = seen.after(action)
            lines = version_lines(assistant, action.manual)
            new = lines == after.lines(action.manual)
            if not new and action.kind == "draft" and lines != seen.lines(action.manual):
                # The draft that a new one is to replace goes first: readers see neither.
                seen = seen.without_draft(action)
            assert new or lines == seen.lines(action.manual), (action, lines)
            seen = after if new else seen
            found.append(new)
        self.outcomes["new" if all(found) else "old"] += 1
        self._shows(assistant, seen, actions)
        assert set(job_states(assistant)) == set(self._jobs), "a job was lost"
        return found

    def _do_the_rest(self, assistant: Assistant) -> None:
        do_open_jobs(assistant)
        undone = {k: s for k, s in job_states(assistant).items() if s != "done"}
        assert undone == {}, [Jobs(assistant.database).lines(key) for key in undone]
        assert set(job_states(assistant)) == set(self._jobs), "a job was lost"

    def _be_as_told(self, assistant: Assistant) -> None:
        """Require that the library is what the reference says, wholly."""
        wait_until_whole(assistant)
        assert problems(assistant) == []
        for manual in MANUALS:
            assert version_lines(assistant, manual) == self.shelf.lines(manual)
        assert {m: t for m, t in trail_of(assistant).items() if m in MANUALS} == self.shelf.trail
        self._shows(assistant, self.shelf, [])

    def _shows(self, assistant: Assistant, shelf: Shelf, actions: Sequence[Action]) -> None:
        today = calendar.today()
        days = shelf.days()
        chosen = {today, *self._rng.sample(days, min(_DAYS, len(days)))}
        for action in actions:
            chosen |= {action.since, *([action.ends] if action.ends else [])}
        wanted = {day: _all_shown(shelf, day) for day in chosen}
        # Among many others only the keywords show all passages with the common word, and no more.
        ways = views if self.crowd is None else keyword_views
        for way, view in ways(assistant, sorted(chosen)).items():
            for day in chosen:
                if view[day] != wanted[day]:
                    missing = {m: t - view[day].get(m, frozenset()) for m, t in wanted[day].items()}
                    strangers = {
                        m: t - wanted[day].get(m, frozenset()) for m, t in view[day].items()
                    }
                    raise AssertionError(f"{way} on {day}: {missing=} {strangers=}")
        out = [
            (manual, e)
            for manual, editions in shelf.manuals.items()
            for e in editions
            if e.state == "published"
        ]
        assert assistant.library.counts() == {
            "manuals": len({manual for manual, _ in out})
            + (self.crowd.manuals if self.crowd else 0),
            "chunks": sum(len(e.passages) for _, e in out)
            + (self.crowd.passages if self.crowd else 0),
        }

    def _rehearse(self, kind: str) -> None:
        """Do an action to its end: what steps it has, and how long it takes."""
        action = self._action(self._rng.choice(MANUALS), kind)
        self._waiting([action])
        life = self._live()
        assert life.status == 0
        known = self._steps.setdefault(action.kind, [])
        known += [step for step in life.steps if step not in known]
        self._seconds[action.kind] = life.seconds("opened", "finished")
        self._seconds["opening"] = life.seconds("begun", "opened")
        self.shelf = self.shelf.after(action)
        with self._opened() as assistant:
            self._be_as_told(assistant)

    def _waiting(self, actions: Sequence[Action]) -> None:
        with self._opened() as assistant:
            for action in actions:
                job = Jobs(assistant.database).add(job_of(action), by=OPERATOR_ACTOR)
                assert job is not None
                self._jobs.append(job.id)

    def _action(self, manual: str, kind: str | None = None) -> Action:
        """Return an action that can be done to a manual; of the kind, where that is possible."""
        possible = self._possible(manual)
        wanted = [action for action in possible if action.kind == kind]
        return self._rng.choice(wanted or possible)

    def _possible(self, manual: str) -> list[Action]:
        return possible_actions(self.shelf, manual, self._passages(manual), self._rng)

    def _first(self, manual: str) -> Action:
        return Action("publish", manual, self._passages(manual))

    def _passages(self, manual: str) -> tuple[str, ...]:
        """Return texts that no version has had."""
        self._texts += 1
        count = self._rng.randint(3, _MOST_PASSAGES)
        return tuple(
            f"{manual}の第{n}条は、{self._texts}回目の改正により{COMMON}の限度額を"
            f"{self._texts * 10 + n}万円とします。"
            for n in range(1, count + 1)
        )

    def _opened(self) -> Assistant:
        return open_directory(self.folder)


def _plain(step: str) -> str:
    return step.rpartition("#")[0]


def _all_shown(shelf: Shelf, day: date) -> dict[str, frozenset[str]]:
    shown = {manual: shelf.shown(manual, day) for manual in shelf.manuals}
    return {manual: passages for manual, passages in shown.items() if passages}


def told_of(library: KilledLibrary, seed: int, seconds: float) -> list[str]:
    """Return what a run did, in lines for its output."""
    kills = ", ".join(f"{step} {count}" for step, count in library.kills.most_common())
    outcomes = ", ".join(f"{what} {count}" for what, count in library.outcomes.most_common())
    opening, mending = (
        (statistics.median(s), max(s))
        for s in zip(*(library.openings or [(0.0, 0.0)]), strict=True)
    )
    return [
        f"強制終了の試験: CRASH_SEED={seed}、{library.kills.total()} 回、{seconds:.0f} 秒",
        f"  終了した所: {kills}",
        f"  そのあと: {outcomes}",
        f"  次の起動: {opening[0]:.2f} 秒（最長 {opening[1]:.2f} 秒）、"
        f"ベクトル索引がそろうまで、さらに {mending[0]:.2f} 秒（最長 {mending[1]:.2f} 秒）",
    ]
