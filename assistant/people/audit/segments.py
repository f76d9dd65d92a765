"""Segments close the months of the audit trail; what they say is checked against the trail."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from assistant import tables
from assistant.calendar import TOKYO


@dataclass(frozen=True)
class Segment:
    """One closed month of the trail: events `first_id` to `last_id`, whose last hash is `head`.

    The events of a removed one are gone: its time of keeping is over.
    """

    month: str
    first_id: int
    last_id: int
    head: str
    removed: bool = False

    @property
    def events(self) -> int:
        """How many events it closes."""
        return self.last_id - self.first_id + 1

    @property
    def detail(self) -> dict[str, Any]:
        """What the trail tells of it when it is sealed and when it is removed."""
        return {
            "first": self.first_id, "last": self.last_id, "events": self.events, "head": self.head
        }  # fmt: skip


def read_segments(connection: Connection) -> list[Segment]:
    """Return all segments, oldest first."""
    rows = connection.execute(select(tables.audit_segment).order_by(tables.audit_segment.c.id))
    return [
        Segment(row.month, row.first_id, row.last_id, row.head, row.removed_at is not None)
        for row in rows
    ]


def month_of(at: str) -> str | None:
    """Return the month in Tokyo of an event's instant, such as 2026-10, None if it is none."""
    try:
        return datetime.fromisoformat(at).astimezone(TOKYO).strftime("%Y-%m")
    except (ValueError, OverflowError):
        return None


class SegmentsCheck:
    """Compares the segments with the events that are there; `problems` says what does not fit."""

    def __init__(self, segments: Sequence[Segment]):
        self.problems: list[str] = []
        gone = [segment for segment in segments if segment.removed]
        self.removed = gone[-1] if gone else None
        self._open = [segment for segment in segments if not segment.removed]
        self._in_month: set[int] = set()
        self._ends: dict[int, str] = {}
        self._told: dict[str, set[tuple[Any, ...]]] = {"audit.seal": set(), "audit.remove": set()}
        self._place = 0
        self._check_order(segments)

    @property
    def closed_to(self) -> int:
        """The last event that must be there, 0 without any."""
        return max((segment.last_id for segment in self._open), default=0)

    def take(self, event: Mapping[str, Any]) -> None:
        """Look at the next event, all columns of its row by name."""
        number = event["id"]
        if event["action"] in self._told:
            self._told[event["action"]].add(_told(event))
        while self._place < len(self._open) and self._open[self._place].last_id < number:
            self._place += 1
        if self._place == len(self._open) or number < self._open[self._place].first_id:
            return
        segment = self._open[self._place]
        if self._place not in self._in_month and month_of(event["at"]) == segment.month:
            self._in_month.add(self._place)
        if number == segment.last_id:
            self._ends[self._place] = event["hash"]

    def finish(self) -> None:
        """Compare what every segment says with what was seen."""
        for place, segment in enumerate(self._open):
            if self._ends.get(place, segment.head) != segment.head:
                self._add(segment, "のハッシュ値が、最後の記録と一致しません")
            if place not in self._in_month:
                self._add(segment, "の区間に、その月の記録がありません")
        # What told of the removed months before the last one may itself be removed by now.
        for segment in ([self.removed] if self.removed else []) + self._open:
            if _known(segment) not in self._told["audit.seal"]:
                self._add(segment, "について、封印したという記録がありません")
        if self.removed and _known(self.removed) not in self._told["audit.remove"]:
            self._add(self.removed, "について、保存期間を過ぎて削除したという記録がありません")

    def _check_order(self, segments: Sequence[Segment]) -> None:
        expected, still_there = 1, False
        for segment in segments:
            if segment.first_id != expected or segment.last_id < segment.first_id:
                self._add(segment, "の範囲が、前の月の封印と続いていません")
            if segment.removed and still_there:
                self._add(segment, "が、より古い月を残したまま削除済みになっています")
            still_there = still_there or not segment.removed
            expected = segment.last_id + 1

    def _add(self, segment: Segment, words: str) -> None:
        self.problems.append(f"{segment.month} の封印{words}。")


def _known(segment: Segment) -> tuple[Any, ...]:
    return (segment.month, segment.first_id, segment.last_id, segment.head)


def _told(event: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the segment that an event of the trail tells of."""
    try:
        detail = json.loads(event["detail"])
        return (event["subject"], detail["first"], detail["last"], str(detail["head"]))
    except (ValueError, TypeError, KeyError):
        return ()
