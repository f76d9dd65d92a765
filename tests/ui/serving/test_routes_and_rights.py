"""Reading rights of the routes: a hidden version is answered like one that never was."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from rights_channels import NOTHING, Case, Channels, Leak, Seen
from rights_reference import Clerk
from rights_world import Clock, World
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant import calendar
from assistant.library import ChunkDraft
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.directory import Member
from ui import resources
from ui.serving import originals, page_pictures
from ui.serving.gate import USER_HEADER

SEED, CASES = 22, 30
WITHIN = 60  # cases in which a broken right must have been noticed
LONG_SEEDS, LONG_CASES = range(2001, 2011), 100
NEVER = "0" * 16
BEYOND = 9  # no manual has so many pages


def _pdf(drafts: Sequence[ChunkDraft]) -> tuple[str, bytes]:
    """Print each passage on a page of its own."""
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(300, 100))
    for draft in drafts:
        canvas.setFont("HeiseiKakuGo-W5", 4)
        canvas.drawString(10, 50, draft.text)
        canvas.showPage()
    canvas.save()
    return ".pdf", file.getvalue()


class Routes:
    """Asks the routes for versions, and compares the answers with the reference."""

    def __init__(self, assistant: Assistant, seed: int, clock: Clock):
        self.channels = Channels(World(assistant, seed, clock, original=_pdf))
        self.lost = self.hidden = self.shown = self.kept = 0
        routes = [
            Route(page_pictures.ROUTE, page_pictures.page_picture),
            Route(originals.ROUTE, originals.original),
        ]
        self._client = TestClient(Starlette(routes=routes))
        self._tags: dict[str, str] = {}

    def run(self, cases: int) -> None:
        """Check so many cases one after the other."""
        for _ in range(cases):
            self._step()

    def _step(self) -> None:
        """Change something, ask a question, and ask for the files of some versions."""
        self.channels.world.change()
        self.lost += bool(self.channels.world.lost)
        case = self.channels.pick()
        self.channels.ask(case)
        self._check(case)
        self.channels.cases += 1

    def _check(self, case: Case) -> None:
        world, channels = self.channels.world, self.channels
        seen = NOTHING if case.reader in (None, OPERATOR) else channels.opened(case.clerk)
        if seen is not NOTHING:
            kept = _kept(world, case.clerk)
            books_of = {
                b.id for b in world.reference.books.values() for e in b.editions if e.id in kept
            }
            seen = Seen(seen.books | books_of, seen.versions | kept)
        lost = {book for clerk, book in world.lost if clerk is case.clerk}
        books = list(world.reference.books.values())
        versions = [edition.id for book in books for edition in book.editions]
        some = [*world.random.sample(versions, 2), case.passage.version]
        some += [edition.id for book in books if book.id in lost for edition in book.editions][-1:]
        answers = channels.asked[-1:]
        if channels.asked:
            answers.append(world.random.choice(channels.asked))
        for version in dict.fromkeys(some):
            paths = [f"/pages/{version}/1.png", f"/pages/{version}/{BEYOND}.png"]
            paths += [f"/pages/{version}/1.png?citation={asked.id}.1" for asked in answers]
            paths.append(f"/originals/{version}")
            for path in paths:
                self._ask(path, version, seen, person_of(case, world))
            if version in seen.versions:
                self._ask_with_citations_of_others(case, version, person_of(case, world))

    def _ask(self, path: str, version: str, seen: Seen, person: str) -> None:
        readable = version in seen.versions
        method = self.channels.world.random.choice(("GET", "GET", "GET", "HEAD"))
        found = self._request(method, path, person)
        nothing = self._request(method, path.replace(version, NEVER), person)
        told = f"{method} {path}"
        if not readable or f"/{BEYOND}.png" in path:
            self.channels.refuse(_same(found, nothing), told, (found.status_code, found.headers))
            self.channels.refuse(found.status_code == 404, told, found.status_code)
            self.hidden += not readable
            return
        self.shown += 1
        self.channels.scan(told, repr(dict(found.headers)), seen)
        if found.status_code == 304:
            self.kept += 1
            return
        self.channels.expect(found.status_code == 200, told, found.status_code)
        if path.startswith("/originals/"):
            original = self.channels.world.originals[version]
            self.channels.expect(method == "HEAD" or found.content == original, told, version)
        else:
            self.channels.expect(found.headers["content-type"] == "image/png", told, version)
            self._tags[path] = found.headers["etag"]

    def _ask_with_citations_of_others(self, case: Case, version: str, person: str) -> None:
        """Expect the page unmarked for whoever names the answer of somebody else."""
        path = f"/pages/{version}/1.png"
        for asked in [a for a in self.channels.asked if a.person_id != person][-1:]:
            given = f"{path}?citation={asked.id}.1"
            plain = self._request("GET", path, person, conditional=False)
            marked = self._request("GET", given, person, conditional=False)
            self.channels.refuse(_same(plain, marked), given, marked.headers)

    def _request(self, method: str, path: str, person: str, *, conditional: bool = True) -> Any:
        headers = {USER_HEADER: person}
        tag = self._tags.get(path)
        if conditional and tag:
            headers["if-none-match"] = tag
        return self._client.request(method, path, headers=headers)


def _kept(world: World, clerk: Clerk | None) -> set[str]:
    """Return the versions that somebody may open as an editor of their owner, in any state."""
    reference = world.reference
    if clerk is None or "editor" not in clerk.roles:
        return set()
    section = reference.role_section(clerk, "editor")
    return {
        edition.id
        for book in reference.books.values()
        if reference.owner(book.id) == section
        for edition in book.editions
        if edition.state != "staged"
    }


def person_of(case: Case, world: World) -> str:
    """Return the id of whoever asks, as the gate would name them."""
    if case.clerk is not None:
        return case.clerk.person_id
    gone = [c.person_id for c in world.reference.clerks if c.number == case.number]
    return gone[-1] if gone else OPERATOR.person_id


def _same(one: Any, other: Any) -> bool:
    return (one.status_code, one.content, one.headers) == (
        other.status_code, other.content, other.headers,
    )  # fmt: skip


@pytest.fixture
def routes(
    quick_assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int], Routes]]:
    clock = Clock()
    monkeypatch.setattr(calendar, "now", clock.now)
    resources.set_assistant(quick_assistant)
    yield lambda seed: Routes(quick_assistant, seed, clock)
    resources.set_assistant(None)


def test_a_hidden_version_is_answered_like_one_that_never_was(
    routes: Callable[[int], Routes],
) -> None:
    asking = routes(SEED)
    asking.run(CASES)
    assert min(asking.hidden, asking.shown) > CASES // 2
    assert asking.kept > 0
    assert asking.lost > 0


def _everybody_may_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.library.reading.may_read", lambda audience, reader: True)


def _everybody_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def member_of(person_id: str) -> Member | None:
        return resources.assistant().directory.member(person_id, today=calendar.today())

    monkeypatch.setattr(resources, "member_of", member_of)


def _pictures_are_drawn_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    find = page_pictures.find_picture
    monkeypatch.setattr(
        page_pictures,
        "find_picture",
        lambda assistant, *, reader, **given: find(assistant, reader=OPERATOR, **given),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "sabotage",
    [
        pytest.param(sabotage, id=sabotage.__name__.strip("_"))
        for sabotage in (
            _everybody_may_read,
            _everybody_is_let_in,
            _pictures_are_drawn_for_everybody,
        )
    ],
)
def test_a_broken_right_of_a_route_is_noticed(
    sabotage: Callable[[pytest.MonkeyPatch], None],
    routes: Callable[[int], Routes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asking = routes(SEED)
    sabotage(monkeypatch)
    with pytest.raises(Leak):
        asking.run(WITHIN)


@pytest.mark.full
@pytest.mark.parametrize("seed", LONG_SEEDS)
def test_a_hidden_version_is_answered_like_one_that_never_was_for_long(
    seed: int, routes: Callable[[int], Routes]
) -> None:
    asking = routes(seed)
    asking.run(LONG_CASES)
    assert asking.channels.cases == LONG_CASES
