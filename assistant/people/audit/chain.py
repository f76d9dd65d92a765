"""The chain of the audit trail checked event by event, without a database."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from assistant.append_only import ChainHead
from assistant.people.audit.records import action_words, tokyo_time
from assistant.people.audit.trail import event_hash

ProblemKind = Literal["changed", "hash", "unconnected", "missing", "stranger", "segment", "guard"]
_LOOKED_BACK: Final = 16  # events before a wrong one that it may have followed once
_MOST_KEPT: Final = 50


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and the event where it shows (None where it is no event)."""

    kind: ProblemKind
    text: str
    id: int | None = None
    at: str | None = None


class ChainWalk:
    """Takes the events in order of their ids, each as the columns of its row by name.

    An event whose hash does not fit is judged together with the next one: where that continues
    from the hash as it is written, only the content before it can have changed.
    """

    def __init__(self, start: ChainHead):
        self.problems: list[Problem] = []
        self.problem_count = 0
        self.events = 0
        self.first_id: int | None = None
        self.last_id = start.id
        self.head = start.hash
        self.at: str | None = None
        self._candidates = [start.hash]
        self._before = deque([(start.id, start.hash)], _LOOKED_BACK)
        self._suspect: Mapping[str, Any] | None = None
        self._after_sound = True

    def take(self, event: Mapping[str, Any]) -> None:
        """Check the next event."""
        number = event["id"]
        if number <= self.last_id:  # before the first that can be there
            words = "は、ここにあるはずのない番号です。後から差し込まれています"
            self._add("stranger", event, words)
            return
        gap = number > self.last_id + 1
        if gap:
            self._settle(None)
            self._add_missing(number - 1)
        fits = (hash_ for hash_ in self._candidates if event_hash(hash_, event) == event["hash"])
        follows = next(fits, None)
        if follows is not None or gap:  # what stood before a gap cannot be known
            self._settle(follows)
            self._candidates = [event["hash"]]
        else:
            self._find_place(event)
        self._before.append((number, event["hash"]))
        self.first_id = number if self.first_id is None else self.first_id
        self.events += 1
        self.last_id, self.head, self.at = number, event["hash"], event["at"]

    def finish(self, *, expected_to: int) -> None:
        """Check what can be told at the end; `expected_to` is the last id that was ever given."""
        self._settle(None)
        if expected_to > self.last_id:
            self._add_missing(expected_to)

    def add(self, problem: Problem) -> None:
        """Keep a problem; of very many only the first."""
        self.problem_count += 1
        if len(self.problems) < _MOST_KEPT:
            self.problems.append(problem)

    def _find_place(self, event: Mapping[str, Any]) -> None:
        """Suspect an event that does not continue from the one before it, or those between."""
        if any(event["hash"] == hash_ for _, hash_ in self._before):
            self._settle(None)
            words = "は、前にある記録のハッシュ値を写したものです。後から差し込まれています"
            self._add("stranger", event, words)
            self._candidates = [event["hash"]]
            return
        places = [at for at, hash_ in self._before if event_hash(hash_, event) == event["hash"]]
        if places:
            self._suspect = None  # it stands between
            between = _numbers(places[-1] + 1, self.last_id)
            words = "は、ここにあるはずがありません。差し込まれたか、順番が入れ替えられています。"
            self.add(Problem("stranger", f"記録 {between} {words}", places[-1] + 1))
            self._candidates = [event["hash"]]
            return
        after_sound = self._suspect is None
        self._settle(None)
        self._suspect, self._after_sound = event, after_sound
        self._candidates = [event["hash"], event_hash(self._candidates[0], event)]

    def _settle(self, follows: str | None) -> None:
        """Say what is wrong with the suspect, from whose hash the next event follows (or none)."""
        event, self._suspect = self._suspect, None
        if event is None:
            return
        if follows is not None and follows != event["hash"]:
            self._add("hash", event, "のハッシュ値が書き換えられています")
        elif follows is not None and self._after_sound:
            self._add(
                "changed",
                event,
                "の内容（日時・利用者・操作・対象・詳細のどれか）が書き換えられたか、"
                "その直前の記録が取り除かれています",
            )
        else:
            words = "は、直前の記録とつながりません。書換え・差替え・順番の入替えのどれかです"
            self._add("unconnected", event, words)

    def _add_missing(self, to: int) -> None:
        first = self.last_id + 1
        text = f"記録 {_numbers(first, to)}（{to - first + 1}件）がありません。"
        self.add(Problem("missing", text, first))

    def _add(self, kind: ProblemKind, event: Mapping[str, Any], words: str) -> None:
        named = f"{tokyo_time(event['at'])} {action_words(event['action'])}"
        self.add(Problem(kind, f"記録 {event['id']}（{named}）{words}。", event["id"], event["at"]))


def _numbers(first: int, last: int) -> str:
    return str(first) if last == first else f"{first}〜{last}"
