"""A city office at random: a real assistant and the reference, changed together.

Everything a manual has carries a secret of its own, a word that stands nowhere else and that
nobody asks for: whatever comes out is searched for the secrets of what the reader may not read.
Questions ask for other words, unique as well, so that a hidden passage is often the best answer.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from rights_reference import SINCE_EVER, Book, Clerk, Line, Reference
from sqlalchemy import delete, insert, select, update

from assistant import calendar, tables
from assistant.domain import Manual, Page, Span
from assistant.library import ChunkDraft, Publisher
from assistant.library.drafts import store_vectors
from assistant.library.publishing import PreparedManual, grow_revision
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import Role, RoleGrant
from ingest.references.linking import linked

FIRST_DAY = date(2026, 4, 1)
_SECTIONS = ("総務課", "税務課", "契約課", "福祉課", "土木課")
_GROUPS = ("文書担当", "会計担当")
_ROLES: tuple[Role, ...] = ("editor", "evaluator", "auditor", "leader")
_OF_A_SECTION = ("editor", "leader")
NOUNS = ("限度額", "申請", "届出", "検査", "支払", "休暇")
_BOOKS = 8


Original = Callable[[Sequence[ChunkDraft]], tuple[str, bytes]]


class Clock:
    """The time that the assistant is told: noon of a day, a millisecond later at each look."""

    def __init__(self) -> None:
        self.day = FIRST_DAY
        self._looks = itertools.count()

    def now(self) -> datetime:
        """Return the instant; put it in place of `calendar.now`."""
        noon = datetime.combine(self.day, time(12), calendar.TOKYO)
        return (noon + timedelta(milliseconds=next(self._looks))).astimezone(UTC)


@dataclass(frozen=True)
class Passage:
    """A chunk of a version: the word to ask for, its secret, and the article it refers to."""

    book: str
    version: str
    chunk_id: str
    article: int
    ask: str
    secret: str
    refers: tuple[str, int] | None


class _Interrupted(Publisher):
    """A publisher whose process dies when the new versions are staged and indexed."""

    def _index(self, version_ids: Any) -> None:
        super()._index(version_ids)
        self.left = list(version_ids)
        raise InterruptedError


class World:
    """One assistant with people and manuals, all from one seed."""

    def __init__(
        self,
        assistant: Assistant,
        seed: int,
        clock: Clock,
        *,
        original: Original = lambda drafts: (".txt", "\n".join(d.text for d in drafts).encode()),
    ):
        """`original` makes the name's ending and the file of a version from its passages."""
        self.assistant = assistant
        self.seed = seed
        self.clock = clock
        self.reference = Reference(clock.day)
        self.passages: list[Passage] = []
        self.originals: dict[str, bytes] = {}
        self._original = original
        self.random = random.Random(seed)
        self.holders: dict[str, set[tuple[str, str]]] = {}
        self.log: list[str] = []
        self.lost: list[tuple[Clerk, str]] = []
        self._extras: dict[str, tuple[str, str, str]] = {}  # by manual: alias, category, extension
        self._sections = list(_SECTIONS)
        self._names = itertools.count(1)
        for number in range(1, 7):
            self._hire(f"10{number:02}")
        for _ in range(_BOOKS):
            self._publish(None)

    def change(self) -> None:
        """Change something, as a rule."""
        before = self._rights()
        for _ in range(self.random.choice((0, 1, 1, 1, 2))):
            self._change()
        after = self._rights()
        self.lost = [
            (clerk, book)
            for clerk in self.reference.clerks
            for book in self.reference.books
            if (clerk.number, book) in before and (clerk.number, book) not in after
        ]

    def _rights(self) -> set[tuple[str, str]]:
        return {
            (clerk.number, book)
            for clerk in self.reference.clerks
            if self.reference.clerk(clerk.number) is clerk
            for book in self.reference.books
            if self.reference.may_read(clerk, book)
        }

    # What changes.

    def _change(self) -> None:
        chance = self.random
        changes: list[tuple[int, Callable[[], str | None]]] = [
            (4, self._transfer),
            (2, self._grant),
            (2, self._revoke),
            (2, self._join),
            (2, self._leave),
            (1, self._disable),
            (1, self._enable),
            (1, self._replace_clerk),
            (5, self._update_manual),
            (3, self._publish_again),
            (1, self._publish_half),
            (1, self._withdraw),
            (5, self._reorganise),
            (1, self._forget_plan),
            (4, self._next_day),
        ]
        weights = [weight for weight, _ in changes]
        [(_, change)] = chance.choices(changes, weights)
        said = change()
        if said:
            self.log.append(f"{self.clock.day} {said}")

    def _hire(self, number: str) -> None:
        chance = self.random
        section = chance.choice(self._sections)
        end = self.clock.day + timedelta(days=chance.randint(3, 30))
        end_or_none = end if chance.random() < 0.3 else None
        person_id = self.assistant.accounts.add(
            number, name="職員", section=section, by=OPERATOR_ACTOR,
            valid_from=self.clock.day, valid_to=end_or_none,
        )  # fmt: skip
        clerk = Clerk(number, self.clock.day, end_or_none, {self.clock.day: section})
        clerk.person_id = person_id
        self.reference.clerks.append(clerk)

    def _replace_clerk(self) -> str | None:
        gone = [c for c in self.reference.clerks if self.reference.clerk(c.number) is None]
        if not gone:
            return None
        number = self.random.choice(gone).number
        self._hire(number)
        return f"{number} belongs to somebody else"

    def _somebody(self) -> Clerk:
        here = [c for c in self.reference.clerks if self.reference.clerk(c.number) is c]
        return self.random.choice(here) if here else self._newcomer()

    def _newcomer(self) -> Clerk:
        self._hire(f"20{next(self._names):02}")
        return self.reference.clerks[-1]

    def _transfer(self) -> str:
        clerk, section = self._somebody(), self.random.choice(self._sections)
        on = self.clock.day + timedelta(days=self.random.choice((0, 0, 0, -3, 1, 2, 5)))
        self.assistant.accounts.transfer(clerk.number, section, on=on, by=OPERATOR_ACTOR)
        self.reference.transfer(clerk, section, on)
        return f"{clerk.number} goes to {section} on {on}"

    def _grant(self) -> str | None:
        clerk, role = self._somebody(), self.random.choice(_ROLES)
        if role in clerk.roles:
            return None
        section = self.random.choice(self._sections) if role in _OF_A_SECTION else ""
        self.assistant.accounts.grant(clerk.number, RoleGrant(role, section), by=OPERATOR_ACTOR)
        clerk.roles[role] = (section, self.clock.day)
        return f"{clerk.number} becomes {role} of {section}"

    def _revoke(self) -> str | None:
        clerk = self._somebody()
        if not clerk.roles:
            return None
        role = self.random.choice(list(clerk.roles))
        grant = RoleGrant(role, self.reference.role_section(clerk, role))  # type: ignore[arg-type]
        self.assistant.accounts.revoke(clerk.number, grant, by=OPERATOR_ACTOR)
        del clerk.roles[role]
        return f"{clerk.number} is {role} no more"

    def _join(self) -> str:
        clerk, group = self._somebody(), self.random.choice(_GROUPS)
        self.assistant.accounts.join(clerk.number, group, by=OPERATOR_ACTOR)
        clerk.groups.add(group)
        return f"{clerk.number} joins {group}"

    def _leave(self) -> str | None:
        clerk = self._somebody()
        if not clerk.groups:
            return None
        group = min(clerk.groups)
        self.assistant.accounts.leave(clerk.number, group, by=OPERATOR_ACTOR)
        clerk.groups.remove(group)
        return f"{clerk.number} leaves {group}"

    def _disable(self) -> str:
        clerk = self._somebody()
        self.assistant.accounts.disable(clerk.number, by=OPERATOR_ACTOR)
        clerk.disabled = True
        return f"{clerk.number} is disabled"

    def _enable(self) -> str:
        for clerk in self.reference.clerks:
            if clerk.disabled and self.reference.clerk(clerk.number) is clerk:
                self.assistant.accounts.enable(clerk.number, by=OPERATOR_ACTOR)
                clerk.disabled = False
        return "everybody is enabled"

    def _audience(self) -> str:
        chance = self.random
        parts = [
            chance.choice(
                (
                    f"section:{chance.choice(self._sections)}",
                    f"section:{chance.choice(self._sections)}",
                    f"group:{chance.choice(_GROUPS)}",
                    f"role:{chance.choice(_ROLES)}",
                )
            )
            for _ in range(chance.choice((1, 1, 2, 3)))
        ]
        return chance.choice(("everyone", *[chance.choice((",", ", ")).join(parts)] * 4))

    def _manual(self, book: Book, **changed: str) -> Manual:
        _, category, extension = self._extras[book.id]
        said = {"title": book.title, "owner_section": book.owner, "audience": book.audience}
        return Manual(book.id, category=category, owner_extension=extension, **{**said, **changed})

    def _update_manual(self) -> str:
        book = self.random.choice(list(self.reference.books.values()))
        changed: dict[str, str] = {}
        what = self.random.choice(("audience", "audience", "audience", "owner", "title", "same"))
        if what == "audience":
            changed["audience"] = self._audience()
        elif what == "owner":
            changed["owner_section"] = self._secret("book", book.id) + "課"
            if self.random.random() < 0.5:  # said together, in the names of today
                changed["audience"] = ",".join(sorted(self.reference.audience(book.id)))
        elif what == "title":
            changed["title"] = self._title(book.id)
        manual = self._manual(book, **changed)
        by_list = self.random.random() < 0.5
        publisher = Publisher(self.assistant.library)
        publisher.update_manual(manual, by=OPERATOR_ACTOR, from_sheet=by_list)
        self.reference.describe(
            book.id, manual.title, manual.owner_section, manual.audience, by_list=by_list
        )
        return f"{book.id}: {changed}"

    def _publish_again(self) -> str:
        return self._publish(self.random.choice(list(self.reference.books.values())))

    def _publish(self, book: Book | None) -> str:
        """Publish a new version of a manual, or a new manual."""
        prepared, passages = self._prepared(book)
        manual, begins = prepared.manual, prepared.effective_from
        version = Publisher(self.assistant.library).publish(prepared)
        self.reference.publish(
            manual.id,
            version.id,
            begins,
            manual.title,
            manual.owner_section,
            manual.audience,
            by_list=prepared.from_sheet,
        )
        self._keep(version.id, prepared, passages)
        return f"{manual.id} in force from {begins} for {manual.audience}: {version.id}"

    def _publish_half(self) -> str:
        prepared, passages = self._prepared(
            self.random.choice([None, *self.reference.books.values()])
        )
        manual, publisher = prepared.manual, _Interrupted(self.assistant.library)
        with suppress(InterruptedError):
            publisher.publish(prepared)
        [left] = publisher.left
        self.reference.interrupted(
            manual.id, left, manual.title, manual.owner_section, manual.audience
        )
        self._keep(left, prepared, passages)
        return f"{manual.id}: {left} is left half published"

    def _prepared(self, book: Book | None) -> tuple[PreparedManual, list[Passage]]:
        chance = self.random
        begins: date | None = None
        if book is None:
            book_id = self._word()
            self.holders[book_id] = {("book", book_id)}
            self._extras[book_id] = (
                f"wx{self._word()[2:]}規則",
                self._secret("book", book_id),
                self._secret("book", book_id),
            )
            title, owner = self._title(book_id), self._secret("book", book_id) + "課"
            _, category, extension = self._extras[book_id]
            manual = Manual(book_id, title, category, owner, extension, self._audience())
            if chance.random() < 0.5:
                begins = self.clock.day - timedelta(days=chance.randint(0, 40))
        else:
            changed = {"audience": self._audience()} if chance.random() < 0.25 else {}
            manual = self._manual(book, **changed)
            known = [e.begins for e in book.editions if e.begins != SINCE_EVER]
            days = [self.clock.day + timedelta(days=n) for n in (0, -10, -3, 2, 6)]
            begins = chance.choice([None, None, *days, *known])
        drafts, passages = self._drafts(manual)
        suffix, content = self._original(drafts)
        file_name = self._secret("version", "") + suffix
        return (
            PreparedManual(
                manual=manual,
                content=content,
                file_name=file_name,
                reading="1",
                pages=[
                    Page(draft.first_page, self._secret("version", ""), draft.text, "text")
                    for draft in drafts
                ],
                drafts=drafts,
                effective_from=begins,
                uploaded_by=OPERATOR_ACTOR,
                from_sheet=chance.random() < 0.5,
            ),
            passages,
        )

    def _drafts(self, manual: Manual) -> tuple[list[ChunkDraft], list[Passage]]:
        chance = self.random
        drafts, passages = [], []
        articles = chance.randint(2, 4)
        for article in range(1, articles + 1):
            heading, secret = self._secret("version", ""), self._secret("version", "")
            ask, noun = f"wx{self._word()[2:]}", chance.choice(NOUNS)
            above = chance.random() < 0.3  # the word stands in the heading alone
            text = f"{'' if above else ask}の{noun}は、{secret}を{chance.randint(2, 30)}日以内に届け出る。"
            spans = [Span(0, len(text), article)]
            refers = None
            if chance.random() < 0.5:
                books = [manual.id, *self._extras]
                refers = (chance.choice(books), chance.randint(1, 2))
                name = "" if refers[0] == manual.id else self._extras[refers[0]][0]
                second = (
                    f"なお、{self._secret('version', '')}については、{name}第{refers[1]}条による。"
                )
                spans.append(Span(len(text), len(text) + len(second), article))
                text += second
            path = (
                (f"第{article}条（{ask}{heading}）", f"{ask}、{noun}")
                if above
                else (f"第{article}条（{heading}）",)
            )
            drafts.append(ChunkDraft(path, article, article, "text", text, tuple(spans)))
            passages.append(Passage(manual.id, "", "", article, ask, secret, refers))
        drafts = linked(drafts, title=manual.title)
        library = self.assistant.library
        store_vectors(library.vectors, library.encoder, drafts)
        return drafts, passages

    def _keep(self, version: str, prepared: PreparedManual, passages: list[Passage]) -> None:
        """Remember what belongs to a version that now has its id."""
        self.originals[version] = prepared.content
        for holders in self.holders.values():
            if ("version", "") in holders:
                holders.remove(("version", ""))
                holders.add(("version", version))
        chunk = tables.chunk.c
        query = select(chunk.id).where(chunk.version_id == version).order_by(chunk.ordinal)
        with self.assistant.database.read() as connection:
            ids = list(connection.execute(query).scalars())
        for passage, chunk_id in zip(passages, ids, strict=True):
            self.passages.append(
                Passage(
                    passage.book, version, chunk_id, passage.article, passage.ask,
                    passage.secret, passage.refers,
                )
            )  # fmt: skip

    def _withdraw(self) -> str | None:
        if self.random.random() < 0.5:
            return None
        book = self.random.choice(list(self.reference.books.values()))
        version = tables.manual_version.c
        with self.assistant.database.write() as connection:
            connection.execute(
                update(tables.manual_version)
                .where(version.manual_id == book.id, version.state != "staged")
                .values(state="withdrawn")
            )
            grow_revision(connection)
        self.reference.withdraw(book.id)
        return f"{book.id} is withdrawn"

    def _reorganise(self) -> str | None:
        chance = self.random
        day = self.clock.day + timedelta(days=chance.choice((0, 0, 0, -2, 1, 2, 4)))
        taken = {line.old for line in self.reference.lines if line.day == day}
        free = [section for section in self._sections if section not in taken]
        if len(free) < 2:
            return None
        one, other = chance.sample(free, 2)
        new = f"第{next(self._names)}課"
        lines = chance.choice(
            (
                [Line(day, one, new)],
                [Line(day, one, other)],
                [Line(day, one, new), Line(day, other, new)],
                [Line(day, one, new), Line(day, one, other, heir=False)],
                [Line(day, one, one), Line(day, one, new, heir=False)],
                [Line(day, one, other), Line(day, other, one)],
                [Line(day, one, other), Line(day, other, new)],
                self._owner_lines(day),
            )
        )
        if any(line.new == new for line in lines):
            self._sections.append(new)
        self._insert(lines)
        return "; ".join(f"{line.old} → {line.new} on {line.day}" for line in lines)

    def _owner_lines(self, day: date) -> list[Line]:
        """Move the section of one manual, or one manual alone."""
        book = self.random.choice(list(self.reference.books.values()))
        owner = self.reference.owner(book.id)
        if any(line.old == owner for line in self.reference.lines if line.day == day):
            return []
        new = self._secret("book", book.id) + "課"
        if self.random.random() < 0.5:
            return [Line(day, owner, new)]
        elsewhere = self._secret("book", book.id) + "課"
        return [Line(day, owner, elsewhere), Line(day, owner, new, True, book.id)]

    def _insert(self, lines: list[Line]) -> None:
        if not lines:
            return
        with self.assistant.database.write() as connection:
            connection.execute(
                insert(tables.section_change),
                [
                    {
                        "takes_effect": line.day, "old": line.old, "new": line.new,
                        "heir": line.heir, "manual_id": line.manual,
                    }
                    for line in lines
                ],
            )  # fmt: skip
            grow_revision(connection)
        self.reference.lines += lines

    def _forget_plan(self) -> str:
        today = self.clock.day
        with self.assistant.database.write() as connection:
            planned = tables.section_change.c.takes_effect > today
            connection.execute(delete(tables.section_change).where(planned))
            grow_revision(connection)
        self.reference.lines = [line for line in self.reference.lines if line.day <= today]
        return "no reorganisation is planned any more"

    def _next_day(self) -> str:
        self.clock.day += timedelta(days=self.random.choice((1, 1, 2, 4)))
        self.reference.today = self.clock.day
        return "a new day"

    # Words.

    def _word(self) -> str:
        while True:
            letters = self.random.choices("abcdefghijklmnoprstuvwxyz", k=8)  # q begins a secret
            word = "qz" + "".join(letters)
            if word not in self.holders:
                return word

    def _secret(self, kind: str, holder: str) -> str:
        word = self._word()
        self.holders[word] = {(kind, holder)}
        return word

    def _title(self, book_id: str) -> str:
        return self._secret("book", book_id) + self._extras[book_id][0]
