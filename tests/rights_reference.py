"""Who may read what on which day, told a second time: slow, obvious, and sharing no code.

Nothing of the product is imported here. Every question is answered by replaying the days one by
one from the beginning, as somebody with a diary would: what was written down, and what the
reorganisation of each morning made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

SINCE_EVER = date.min


@dataclass(frozen=True)
class Line:
    """From the morning of a day on, `new` does what `old` did; for one manual only if named."""

    day: date
    old: str
    new: str
    heir: bool = True
    manual: str | None = None


@dataclass
class Clerk:
    """A person: the diary of where they begin to work, and what else is known of them.

    `roles` holds with each role the section for which it was given ("" for none) and the day.
    """

    number: str
    first_day: date
    end: date | None
    diary: dict[date, str]
    roles: dict[str, tuple[str, date]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    disabled: bool = False
    person_id: str = ""


@dataclass
class Edition:
    """A version of a manual: the day it begins, and whether it still stands for itself."""

    id: str
    begins: date
    state: str = "published"


@dataclass
class Book:
    """A manual: what was said of it, on which day, and its versions in the order they came."""

    id: str
    title: str
    owner: str
    audience: str
    said_on: date
    editions: list[Edition] = field(default_factory=list)


class Reference:
    """The city office as it stands on `today`, the operator of the server included."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.lines: list[Line] = []
        self.clerks: list[Clerk] = []
        self.books: dict[str, Book] = {}

    # What happens.

    def transfer(self, clerk: Clerk, section: str, on: date) -> None:
        """Write into the diary where somebody begins; what was planned from then on is struck."""
        for day in list(clerk.diary):
            if day >= on:
                del clerk.diary[day]
        clerk.diary[on] = section

    def describe(
        self, book_id: str, title: str, owner: str, audience: str, *, by_list: bool = False
    ) -> None:
        """Say what a manual is called, whose it is and for whom; an old list says it as before."""
        book = self.books.get(book_id)
        if book is None:
            self.books[book_id] = Book(book_id, title, owner, audience, self.today)
            return
        book.title = title
        if not by_list or (book.owner, book.audience) != (owner, audience):
            book.owner, book.audience, book.said_on = owner, audience, self.today

    def publish(
        self,
        book_id: str,
        edition: str,
        begins: date | None,
        title: str,
        owner: str,
        audience: str,
        *,
        by_list: bool = False,
    ) -> None:
        """Put a version in force; one that a later version follows says nothing of the manual."""
        if book_id not in self.books:
            self.describe(book_id, title, owner, audience)
        published = self._published(book_id)
        if begins is None:
            begins = max((known.begins for known in published), default=SINCE_EVER)
        for known in published:
            if known.begins == begins:
                known.state = "superseded"
        self.books[book_id].editions.append(Edition(edition, begins))
        if not any(known.begins > begins for known in published):
            self.describe(book_id, title, owner, audience, by_list=by_list)

    def interrupted(
        self, book_id: str, edition: str, title: str, owner: str, audience: str
    ) -> None:
        """Begin to put a version in force and never finish."""
        if book_id not in self.books:
            self.describe(book_id, title, owner, audience)
        self.books[book_id].editions.append(Edition(edition, SINCE_EVER, "staged"))

    def withdraw(self, book_id: str) -> None:
        """Take all versions of a manual back."""
        for edition in self.books[book_id].editions:
            if edition.state != "staged":
                edition.state = "withdrawn"

    # What that means.

    def clerk(self, number: str) -> Clerk | None:
        """Return who has a number today."""
        for clerk in self.clerks:
            begun = clerk.first_day <= self.today
            if clerk.number == number and begun and (clerk.end is None or self.today < clerk.end):
                return clerk
        return None

    def section(self, clerk: Clerk) -> str | None:
        """Return where somebody works today."""
        section = None
        for day in self._days(min(clerk.diary)):
            if section is not None:
                section = self._renamed(section, day, None)
            if day in clerk.diary:
                section = clerk.diary[day]
        return section

    def role_section(self, clerk: Clerk, role: str) -> str:
        """Return the section for which somebody holds a role today."""
        section, given = clerk.roles[role]
        for day in self._days(given + timedelta(days=1)):
            section = self._renamed(section, day, None)
        return section

    def owner(self, book_id: str) -> str:
        """Return the section that looks after a manual today."""
        book = self.books[book_id]
        owner = book.owner
        for day in self._days(book.said_on + timedelta(days=1)):
            owner = self._renamed(owner, day, book_id)
        return owner

    def audience(self, book_id: str) -> set[str]:
        """Return the parts of a manual's audience today; nothing said is everybody."""
        book = self.books[book_id]
        parts = {_tidy(part) for part in book.audience.split(",") if part.strip()} or {"everyone"}
        for day in self._days(book.said_on + timedelta(days=1)):
            parts = {after for part in parts for after in self._after(part, day)}
        return parts

    def may_read(self, clerk: Clerk | None, book_id: str) -> bool:
        """Tell whether somebody may read a manual today; None is the operator of the server."""
        audience = self.audience(book_id)
        if clerk is None or "everyone" in audience:
            return True
        fits = {"role:staff"}
        fits |= {f"role:{role}" for role in clerk.roles}
        fits |= {f"group:{group}" for group in clerk.groups}
        section = self.section(clerk)
        if section:
            fits.add(f"section:{section}")
        return bool(audience & fits)

    def openable(self, clerk: Clerk | None) -> set[str]:
        """Return the versions that somebody may open today, in force or not."""
        return {
            edition.id
            for book in self.books.values()
            if self.may_read(clerk, book.id)
            for edition in book.editions
            if edition.state in ("published", "superseded")
        }

    def in_force(self, clerk: Clerk | None, as_of: date) -> dict[str, str]:
        """Return by manual the version in force on a day that somebody may read today."""
        found = {}
        for book in self.books.values():
            begun = [known for known in self._published(book.id) if known.begins <= as_of]
            if begun and self.may_read(clerk, book.id):
                found[book.id] = max(begun, key=lambda known: known.begins).id
        return found

    def _published(self, book_id: str) -> list[Edition]:
        return [known for known in self.books[book_id].editions if known.state == "published"]

    def _renamed(self, section: str, day: date, book_id: str | None) -> str:
        morning = [line for line in self.lines if line.day == day and line.old == section]
        for line in morning:
            if book_id is not None and line.manual == book_id:
                return line.new
        for line in morning:
            if line.manual is None and line.heir:
                return line.new
        return section

    def _after(self, part: str, day: date) -> set[str]:
        kind, _, section = part.partition(":")
        if kind != "section":
            return {part}
        morning = [line for line in self.lines if line.day == day and line.manual is None]
        return {f"section:{line.new}" for line in morning if line.old == section} or {part}

    def _days(self, first: date) -> Iterator[date]:
        day = first
        while day <= self.today:
            yield day
            day += timedelta(days=1)


def _tidy(part: str) -> str:
    kind, _, name = part.partition(":")
    return f"{kind.strip()}:{name.strip()}" if name else kind.strip()
