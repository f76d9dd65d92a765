"""A staff list and what would follow from it: people added, moved, renamed, leaving, in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

NO_END: Final = date.max
"""The last day of a number that a list says to have no end."""

ChangeKind = Literal["leave", "last_day", "rename", "transfer", "number", "add"]
CHANGE_WORDS: Final[dict[ChangeKind, str]] = {
    "add": "新しい利用者",
    "number": "同じ人の番号の開始",
    "transfer": "異動",
    "rename": "氏名の変更",
    "last_day": "番号の終了日の変更",
    "leave": "名簿にない人の利用終了",
}
CHANGE_KINDS: Final[tuple[ChangeKind, ...]] = get_args(ChangeKind)
"""In the order in which changes are carried out: what ends first, so that numbers are free."""


@dataclass(frozen=True)
class StaffRow:
    """One line of a staff list; None where the list says nothing.

    `valid_from` is the first and `last_day` the last day of the number, NO_END without one.
    """

    line: int
    number: str
    name: str
    section: str
    employment: str | None = None
    valid_from: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class StaffChange:
    """One change that a list brings, from the day `on`; `before` and `after` are for people.

    `person_id` is "" for somebody new; `last_day` is that of a number, None without an end.
    """

    kind: ChangeKind
    number: str
    name: str
    on: date
    before: str
    after: str
    person_id: str = ""
    section: str = ""
    employment: str | None = None
    last_day: date | None = None

    @property
    def words(self) -> str:
        """The change as staff read it."""
        arrow = " → " if self.before else ""
        when = "すぐに" if self.kind == "rename" else f"{self.on} から"
        return f"{self.number} {self.name}: {self.before}{arrow}{self.after}（{when}）"


@dataclass(frozen=True)
class Suspicion:
    """Two numbers that may be one person's: told, and only done when somebody confirms it."""

    old: str
    new: str
    name: str
    before: str
    after: str
    roles: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The question as staff read it."""
        held = f"。前の役割（{'、'.join(self.roles)}）も続きます" if self.roles else ""
        return (
            f"番号 {self.old} と {self.new} は同じ人ではありませんか: "
            f"{self.before} → {self.after}{held}"
        )


@dataclass(frozen=True)
class Doubt:
    """A line that is left out until somebody says what is meant."""

    line: int
    number: str
    words: str


@dataclass(frozen=True)
class StaffPlan:
    """What a list would change in the directory as it was; nothing is changed by it.

    `complete`: the list names all staff, so that who is absent leaves. `same_person` are the pairs
    of an old and a new number confirmed to be one person's.
    """

    rows: tuple[StaffRow, ...]
    day: date
    complete: bool
    same_person: frozenset[tuple[str, str]]
    changes: tuple[StaffChange, ...]
    unchanged: int
    suspected: tuple[Suspicion, ...]
    doubts: tuple[Doubt, ...]
    notices: tuple[str, ...]
    leaves_no_administrator: bool = False

    def of(self, kind: ChangeKind) -> tuple[StaffChange, ...]:
        """Return the changes of one kind."""
        return tuple(change for change in self.changes if change.kind == kind)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many changes of each kind there are, and how much is unchanged and in doubt."""
        found = Counter(change.kind for change in self.changes)
        return {
            **{kind: found[kind] for kind in CHANGE_KINDS},
            "unchanged": self.unchanged,
            "suspected": len(self.suspected),
            "doubts": len(self.doubts),
        }


def until_words(last_day: date | None) -> str:
    """Return a number's last day as staff read it."""
    return "終わりなし" if last_day is None else f"{last_day} まで"


def post_words(section: str, employment: str) -> str:
    """Return where and as what somebody works, as staff read it."""
    return f"{section}・{employment}" if employment else section
