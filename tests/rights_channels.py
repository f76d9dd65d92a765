"""Every way in which something of a manual comes out, checked against the reference."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rights_reference import Clerk
from rights_world import NOUNS, Passage, World

from assistant import calendar
from assistant.answer_desk import AnswerRecord
from assistant.answers.first_questions import first_questions, new_manuals
from assistant.answers.next_questions import next_questions
from assistant.answers.rights import WITHHELD
from assistant.as_of import NEAR_DAYS
from assistant.domain import Answer, Reader
from assistant.errors import InvalidQuestion
from assistant.library.contents import contents_of
from assistant.library.readable_versions import readable_versions
from assistant.people.access import OPERATOR
from assistant.search.inside_manual import holding_words, meaning_the_same
from ui.commands.dispatch import run_command

_SECRET = re.compile("qz[a-z]{8}")
_ASKED = re.compile("wx[a-z]{8}")
_FOLLOW_UPS = ("それの期限はいつですか", "その場合はどうなりますか", "では、例外はありますか")


class Leak(AssertionError):
    """Something came out of what the reader may not read."""


class Missing(AssertionError):
    """What the reader may read, and what is in force, did not come out."""


@dataclass(frozen=True)
class Case:
    """Who asks what as of which day; `reader` is None for somebody who may not come in."""

    number: str | None
    clerk: Clerk | None
    reader: Reader | None
    as_of: date
    passage: Passage
    question: str


@dataclass(frozen=True)
class Asked:
    """An answer that somebody has been given, as it was then."""

    id: str
    person_id: str
    conversation: str
    answer: Answer

    @property
    def versions(self) -> set[str]:
        """What the answer speaks of."""
        return {told.version_id for told in (*self.answer.citations, *self.answer.related)}


@dataclass(frozen=True)
class Seen:
    """What may come out: secrets of these manuals and versions."""

    books: frozenset[str]
    versions: frozenset[str]


NOTHING = Seen(frozenset(), frozenset())


def _allowed(seen: Seen) -> set[tuple[str, str]]:
    """Return the holders whose secrets may come out."""
    return {("book", book) for book in seen.books} | {("version", v) for v in seen.versions}


class Channels:
    """Asks at random in a world, and searches all that comes out for secrets.

    `overheard` is what else came out in a case: what a model was told.
    """

    def __init__(self, world: World, *, overheard: Callable[[], object] = lambda: None):
        self.world = world
        self.assistant = world.assistant
        self.reference = world.reference
        self.cases = 0
        self.tally: Counter[str] = Counter()
        self.asked: list[Asked] = []
        self._random = world.random
        self._overheard = overheard
        self._case: Case | None = None

    def step(self) -> None:
        """Change something, as a rule, and check one case right afterwards."""
        self.world.change()
        self.tally["lost"] += bool(self.world.lost)
        self.check(self.pick())

    def pick(self) -> Case:
        """Choose who asks what, often those who have just lost a manual, and for it."""
        chance = self._random
        clerk: Clerk | None = chance.choice(self.reference.clerks)
        wanted = chance.choice(("lost", "lost", "hidden", "readable", "readable", "any"))
        if wanted == "lost" and self.world.lost:
            clerk, book = chance.choice(self.world.lost)
            some = [p for p in self.world.passages if p.book == book]
        elif wanted == "hidden":
            some = [p for p in self.world.passages if not self.reference.may_read(clerk, p.book)]
        elif wanted == "any":
            clerk, some = chance.choice((clerk, clerk, None)), []
        else:
            force = self.reference.in_force(clerk, self.world.clock.day).values()
            some = [p for p in self.world.passages if p.version in force]
        passage = chance.choice(some or self.world.passages)
        as_of = self.world.clock.day
        if chance.random() < 0.3:
            as_of += timedelta(days=chance.randint(-30, 20))
        noun, other = chance.sample(NOUNS, 2)
        second = chance.choice(
            [p for p in self.world.passages if self.reference.may_read(clerk, p.book)] or [passage]
        )
        question = chance.choice(
            (
                f"{passage.ask}の{noun}はいつまでですか",
                f"{passage.ask}の{noun}を届け出る",
                f"{passage.ask}の{noun}と{other}はどう扱いますか",
                f"{passage.ask}",
                f"{passage.ask}と{second.ask}の{noun}は何日以内ですか",
                f"{second.ask}と{passage.ask}はどうしますか",
                f"{noun}と{other}は何日以内ですか",
                chance.choice(_FOLLOW_UPS),
            )
        )
        return self._case_of(clerk, as_of, passage, question)

    def _case_of(self, clerk: Clerk | None, as_of: date, passage: Passage, question: str) -> Case:
        """Find who has somebody's number today, as the directory knows them."""
        if clerk is None:
            return Case(None, None, OPERATOR, as_of, passage, question)
        number, now = clerk.number, self.reference.clerk(clerk.number)
        member = self.assistant.directory.member_by_number(number, today=self.world.clock.day)
        self.expect((member is None) == (now is None), "the directory", number)
        reader = None
        if member is not None and now is not None:
            self.expect(member.enabled != now.disabled, "the directory", member)
            person = (member.reader.section, set(member.groups), set(member.reader.roles))
            known = (self.reference.section(now), now.groups, {"staff", *now.roles})
            self.expect(person == known, "the directory", (person, known))
            reader = member.reader if member.enabled else None
        return Case(number, now, reader, as_of, passage, question)

    def check(self, case: Case) -> None:
        """Collect everything that comes out for one case, and compare it with the reference."""
        self._case = case
        if case.reader is None:
            self._check_shut_out(case)
        else:
            self._check_library(case, case.reader)
            self._check_search(case, case.reader)
            self._check_answer(case, case.reader)
            self._check_desk(case, case.reader)
            self._check_command(case)
            now = self._seen(self.reference.in_force(case.clerk, case.as_of))
            self.scan("what was overheard", self._overheard(), now)
        self.cases += 1

    def ask(self, case: Case) -> None:
        """Check the desk alone, so that there are answers to be read later."""
        self._case = case
        if case.reader is not None:
            self._check_desk(case, case.reader)

    # What comes out.

    def _check_library(self, case: Case, reader: Reader) -> None:
        library, reference = self.assistant.library, self.reference
        force = reference.in_force(case.clerk, case.as_of)
        openable = reference.openable(case.clerk)
        now, later = self._seen(force), self.opened(case.clerk)
        sources = library.sources(reader=reader, as_of=case.as_of)
        self.scan("sources", sources, now)
        self.refuse(set(sources) <= now.versions, "sources", set(sources) - now.versions)
        self.expect(set(sources) >= now.versions, "sources", now.versions - set(sources))
        listings = library.manuals(reader=reader, as_of=case.as_of)
        self.scan("manuals", listings, now)
        self.expect(
            {(m.manual.title, m.manual.owner_section) for m in listings}
            == {(reference.books[book].title, reference.owner(book)) for book in force},
            "manuals",
            listings,
        )
        versions = [edition.id for book in reference.books.values() for edition in book.editions]
        readable = library.readable([*versions, "nothing"], reader=reader)
        self.refuse(not readable - openable, "readable", readable - openable)
        self.expect(readable == openable, "readable", openable - readable)
        for version in self._random.sample(versions, 2):
            found = [
                library.version(version, reader=reader),
                library.pages(version, reader=reader),
                library.original(version, reader=reader),
            ]
            self.scan("version, pages, original", found, later)
            self.refuse(version in openable or found == [None, [], None], "version", found)
            self.expect(version not in openable or all(found), "version", version)
            self._check_reading(case, reader, version, openable)
        chunks = [p.chunk_id for p in self._random.sample(self.world.passages, 8)]
        referred = library.referenced(chunks, reader=reader, as_of=case.as_of)
        self.scan("referenced", referred, now)
        hidden = {p.chunk_id for p in self.world.passages if p.version not in now.versions}
        leaving = [referred[key] for key in chunks if key in hidden and referred[key]]
        self.refuse(not leaving, "referenced", leaving)

    def _check_reading(self, case: Case, reader: Reader, version: str, openable: set[str]) -> None:
        """Check what one reads of a version section by section, its siblings, the search in it."""
        library, later = self.assistant.library, self.opened(case.clerk)
        text = library.text(version, reader=reader)
        self.scan("text", text, later)
        self.refuse(version in openable or not text, "text", text)
        self.expect(version not in openable or bool(text), "text", version)
        books = self.reference.books.values()
        book = next(b for b in books if any(e.id == version for e in b.editions))
        today = self.world.clock.day
        rows = readable_versions(library, book.id, reader=reader, today=today)
        self.scan("versions to read", rows, later)
        allowed = openable & {edition.id for edition in book.editions}
        ids = {row.version.id for row in rows}
        self.refuse(ids <= allowed, "versions to read", ids - allowed)
        self.expect(ids >= allowed, "versions to read", allowed - ids)
        listing = library.version(version, reader=reader)
        if listing is not None:
            contents = contents_of(text)
            found = meaning_the_same(
                case.question, contents, listing=listing, retriever=self.assistant.retriever,
                reader=reader, today=today,
            )  # fmt: skip
            self.scan("search inside", [holding_words(case.question, contents), found], later)

    def _check_search(self, case: Case, reader: Reader) -> None:
        retriever = self.assistant.retriever
        force = self.reference.in_force(case.clerk, case.as_of)
        now = self._seen(force)
        limit = self._random.choice((1, 3, 10, 10, 30))
        given: dict[str, Any] = {"reader": reader, "as_of": case.as_of}
        found = retriever.search(case.question, limit=limit, **given)
        self.scan("search", found, now)
        there = [p for p in self.world.passages if p.version in now.versions]
        self.expect(len(found) == min(limit, len(there)), "the number found", len(found))
        for signal in ("body", "heading", "keywords"):
            hits = retriever.search_signal(case.question, signal=signal, limit=limit, **given)
            self.scan(f"search by {signal}", hits, now)
        followed = retriever.followed(found, **given)
        self.scan("followed references", followed, now)
        by_id = {p.chunk_id: p for p in self.world.passages}
        for hit, referred in zip(found, followed, strict=True):
            wanted = self._referred(by_id[hit.chunk.id], force)
            self.expect({to.chunk.id for to in referred} == wanted, "followed references", referred)
            self.tally["followed"] += bool(wanted)
        if case.passage.ask in case.question:
            hidden = case.passage.version not in now.versions
            self.tally["hidden asked" if hidden else "readable asked"] += 1
            alone = len(_ASKED.findall(case.question)) == 1
            if not hidden and limit >= 10 and alone:
                ids = [hit.chunk.id for hit in found]
                self.expect(case.passage.chunk_id in ids, "search", case.passage)

    def _referred(self, passage: Passage, force: dict[str, str]) -> set[str]:
        """Return the chunks to which a passage leads a reader of these manuals."""
        if passage.refers is None:
            return set()
        book, article = passage.refers
        return {
            p.chunk_id
            for p in self.world.passages
            if (p.version, p.article) == (force.get(book), article)
            and p.chunk_id != passage.chunk_id
        }

    def _check_answer(self, case: Case, reader: Reader) -> None:
        shown: list[Answer] = []
        answer = self.assistant.answering.answer(
            case.question, reader=reader, as_of=case.as_of, show=shown.append
        )
        now = self._seen(self.reference.in_force(case.clerk, case.as_of))
        self.scan("answer", [answer, *shown], self._near(case))
        self.tally[answer.outcome] += 1
        if case.passage.ask in case.question and case.passage.version in now.versions:
            self.tally["answer could tell"] += 1
            self.tally["answer tells"] += case.passage.secret in repr(answer)

    def _check_desk(self, case: Case, reader: Reader) -> None:
        desk, chance = self.assistant.desk, self._random
        now = self._near(case)
        later = self.opened(case.clerk)
        own = [asked for asked in self.asked if asked.person_id == reader.person_id]
        others = [asked for asked in self.asked if asked.person_id != reader.person_id]
        for asked in own[-6:]:
            record = desk.record(asked.id, reader=reader)
            self.scan("an earlier answer", record, later)
            answer = record.answer if record else None
            if asked.versions <= later.versions:
                self.expect(answer == asked.answer, "an earlier answer", answer)
            elif answer is not None:
                self.tally["withheld" if answer.text == WITHHELD else "cut"] += 1
        for asked in own[-1:]:
            self.scan("an answer followed again", list(desk.follow(asked.id, reader=reader)), later)
        for asked in others[-1:]:
            strange = [desk.record(asked.id, reader=reader), *desk.follow(asked.id, reader=reader)]
            self.refuse(strange == [None], "another's answer", strange)
        conversation = chance.choice(
            [None, *(a.conversation for a in own[-2:]), *(a.conversation for a in others[-1:])]
        )
        session = f"browser of {reader.person_id}"
        answer_id = desk.ask(
            case.question,
            reader=reader,
            browser_session=session,
            conversation_id=conversation,
            as_of=case.as_of,
        )
        records = list(desk.follow(answer_id, reader=reader, every=0.02))
        self.scan("an answer as it is written", [r.answer for r in records], now)
        self.scan("a record", records, now)
        last = records[-1]
        self.expect(last.state == "answered" and last.answer is not None, "the desk", last)
        self.tally["follow-up"] += (
            case.question in _FOLLOW_UPS and last.conversation_id == conversation
        )
        foreign = conversation in [asked.conversation for asked in others]
        self.refuse(
            not foreign or last.conversation_id != conversation, "another's conversation", last
        )
        told = self.assistant.conversations.current(reader=reader)
        self.scan("a conversation", told, later)
        self.expect(answer_id in [record.id for record in told], "a conversation", told)
        self._check_conversations(case, reader, told, later)
        assert last.answer is not None
        self.asked.append(Asked(answer_id, reader.person_id, last.conversation_id, last.answer))

    def _check_conversations(
        self, case: Case, reader: Reader, told: Sequence[AnswerRecord], later: Seen
    ) -> None:
        """Check what the page tells beside an answer, and that a search finds no hidden words."""
        library, conversations = self.assistant.library, self.assistant.conversations
        self.scan("the list of conversations", conversations.page(reader=reader), later)
        secret = case.passage.secret
        found = conversations.page(reader=reader, words=secret).found
        hidden = not self.world.holders[secret] & _allowed(later)
        self.refuse(not (hidden and found), "a search of conversations", secret)
        self.tally["hidden words searched" if hidden else "readable words searched"] += 1
        answers = [record.answer for record in told if record.answer is not None]
        proposed = list(next_questions(library, answers, reader=reader, asked=[]))
        self.scan("what to ask next", proposed, later)
        self.tally["proposed"] += len(proposed)
        today = calendar.today()
        first = list(first_questions(library, reader=reader, today=today))
        self.scan("what to ask first", first, later)
        kept = self.assistant.proposed.first(reader=reader, today=today)
        self.scan("what is kept to be asked first", kept, later)
        self.scan("new manuals", new_manuals(library, reader=reader, today=today), later)

    def _check_command(self, case: Case) -> None:
        """Check one of the commands, and in one case of ten what they say to mistakes."""
        now = self._seen(self.reference.in_force(case.clerk, case.as_of))
        if self._random.random() < 0.5:
            asked = self._command(case, "ask", question=case.question)
            self.scan("chonai ask", asked, self._near(case))
        else:
            found = self._command(case, "search", query=case.question, limit=10)
            self.scan("chonai search", found, now)
            alone = _ASKED.findall(case.question) == [case.passage.ask]
            if alone and case.passage.version in now.versions:
                self.expect(case.passage.secret in found, "chonai search", case.passage)
        if self._random.random() < 0.1:
            wrong = [
                self._command(case, "search", query=case.question, limit=0),
                self._command(case, "search", query="", limit=10),
                self._command(case, "ask", question="？"),
                self._command(case, "ask", question=case.question, as_of="昨日"),
                self._command(case, "ask", question=case.question, as_number="9999"),
            ]
            if case.reader is not None:
                wrong.append(self._refused_question(case.reader, case.as_of))
            self.scan("errors", wrong, NOTHING)
            self.expect(not any("status=0" in text for text in wrong), "errors", wrong)

    def _refused_question(self, reader: Reader, as_of: date) -> str:
        try:
            return self.assistant.desk.ask(
                "？", reader=reader, browser_session="", conversation_id=None, as_of=as_of
            )
        except InvalidQuestion as error:
            return str(error)

    def _check_shut_out(self, case: Case) -> None:
        self.tally["shut out"] += 1
        told = [
            self._command(case, "search", query=case.question, limit=10),
            self._command(case, "ask", question=case.question),
        ]
        self.scan("somebody shut out", told, NOTHING)
        self.refuse(not any("status=0" in text for text in told), "somebody shut out", told)

    def _command(self, case: Case, name: str, **given: Any) -> str:
        arguments = {"as_of": case.as_of.isoformat(), "as_number": case.number, **given}
        return repr(run_command(self.assistant, name, arguments, lambda _: None))

    def _seen(self, force: dict[str, str]) -> Seen:
        return Seen(frozenset(force), frozenset(force.values()))

    def _near(self, case: Case) -> Seen:
        """Return what an answer may speak of: what is in force near the day, or today."""
        days = [case.as_of + timedelta(days=n) for n in range(-NEAR_DAYS - 1, NEAR_DAYS + 1)]
        forces = [self.reference.in_force(case.clerk, d) for d in (*days, self.world.clock.day)]
        return Seen(
            frozenset(book for force in forces for book in force),
            frozenset(version for force in forces for version in force.values()),
        )

    def opened(self, clerk: Clerk | None) -> Seen:
        """Return what somebody may open today, in force or not."""
        openable = self.reference.openable(clerk)
        books = {
            book.id
            for book in self.reference.books.values()
            if any(edition.id in openable for edition in book.editions)
        }
        return Seen(frozenset(books), frozenset(openable))

    def scan(self, channel: str, out: object, seen: Seen) -> None:
        """Search what came out for secrets of what may not be seen."""
        for secret in dict.fromkeys(_SECRET.findall(out if isinstance(out, str) else repr(out))):
            holders = self.world.holders[secret]
            if not holders & _allowed(seen):
                raise Leak(self._told(channel, f"{secret} of {sorted(holders)}"))

    def refuse(self, holds: bool, channel: str, what: object) -> None:
        """Call it a leak where something does not hold."""
        if not holds:
            raise Leak(self._told(channel, what))

    def expect(self, holds: bool, channel: str, what: object) -> None:
        """Call it missing where something does not hold."""
        if not holds:
            raise Missing(self._told(channel, what))

    def _told(self, channel: str, what: object) -> str:
        case = self._case
        lines = [f"seed {self.world.seed}, case {self.cases + 1}, {channel}: {what!r}"]
        if case is not None:
            lines.append(f"{case.number} asked {case.question!r} as of {case.as_of}")
        return "\n".join([*lines, f"today is {self.world.clock.day}", *self.world.log[-8:]])
