from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hashed_encoder import HashedEncoder
from signed_in import person
from small_manuals import publish_text
from sqlalchemy import select
from starlette.testclient import TestClient

from assistant import tables
from assistant.errors import DataDirectoryError, OperationError
from assistant.opening import Assistant, open_assistant
from assistant.settings import Settings
from ui import resources
from ui.server import build_app, serve
from ui.sign_in.cookies import SESSION, cookie_secret, signed


def test_the_cookie_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = cookie_secret(tmp_path)
    assert len(first) == 64
    assert cookie_secret(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "cookie_secret").stat().st_mode) == 0o600
    (tmp_path / "other").mkdir()
    assert cookie_secret(tmp_path / "other") != first


def test_a_data_directory_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DataDirectoryError, match="データフォルダ"):
        cookie_secret(tmp_path / "missing")


def test_a_port_in_use_names_the_setting_to_change(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(data_dir=tmp_path, port=taken.getsockname()[1])
        with pytest.raises(OperationError, match="ASSISTANT_PORT"):
            serve(None, settings)


def test_an_address_of_another_machine_names_the_setting_to_change(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="ASSISTANT_HOST"):
        serve(None, Settings(data_dir=tmp_path, host="192.0.2.1"))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("server") / "data"
    settings = Settings(data_dir=folder, models_dir=models_folder, mode="extractive")
    with open_assistant(settings, encoder=HashedEncoder()) as opened:
        resources.set_assistant(opened)
        yield opened
        resources.set_assistant(None)


@pytest.fixture(scope="module")
def app(running: Assistant) -> Iterator[TestClient]:
    """The whole application, of which Streamlit allows one a process."""
    said: list[str] = []
    app = build_app(running, running.settings, ready=said.append)
    with TestClient(app, "http://127.0.0.1:8501", follow_redirects=False) as client:
        assert said == ["http://127.0.0.1:8501"]
        yield client


@pytest.fixture
def client(app: TestClient) -> TestClient:
    """A browser without a session, before the whole application."""
    app.cookies.clear()
    return app


@pytest.fixture
def inside(running: Assistant, client: TestClient) -> TestClient:
    """The same browser, signed in."""
    token = running.sessions.open_session(person(running), "local")
    secret = cookie_secret(running.settings.data_dir)
    client.cookies.set(SESSION, signed(token, purpose=SESSION, secret=secret))
    return client


def test_the_whole_application_answers_those_inside(inside: TestClient) -> None:
    for path in ("/", "/manuals", "/account"):
        page = inside.get(path)
        assert page.status_code == 200
        assert '<html lang="ja">' in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert inside.get("/", headers={"Host": "evil.example"}).status_code == 403
    assert inside.get("/_stcore/host-config").status_code == 200
    for path in ("/pages/none/1.png", "/originals/none"):
        assert inside.get(path).status_code == 404


def test_the_whole_application_shows_strangers_the_sign_in_page_only(client: TestClient) -> None:
    assert client.get("/api/health").json() == {"status": "ok", "mode": "extractive"}
    for path in ("/_stcore/health", "/ui.js", "/signin"):
        assert client.get(path).status_code == 200
    for path in ("/", "/manuals", "/usage", "/users", "/audit"):
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.headers["location"].startswith("/signin?next=")
    for path in (
        "/pages/v1/1.png", "/originals/v1", "/media/x.png", "/_stcore/host-config",
        "/_stcore/metrics", "/_stcore/stream", "/_stcore/agent/interact", "/component/x/y",
    ):  # fmt: skip
        assert client.get(path).status_code == 401
    for path in ("/static/../index.html", "/static/%2e%2e/%2e%2e/app.py"):
        assert client.get(path).status_code in (401, 404)


def test_the_original_of_a_manual_is_saved_by_those_who_may_read_it_and_this_is_recorded(
    running: Assistant, inside: TestClient
) -> None:
    open_to_all = publish_text(running, "契約書は2通作ります。", manual_id="open")
    hidden = publish_text(running, "秘密の文です。", manual_id="hidden", audience="section:人事課")
    found = inside.get(f"/originals/{open_to_all.id}")
    assert found.text == "契約書は2通作ります。"
    assert found.headers["content-disposition"].startswith("attachment;")
    assert found.headers["cache-control"] == "private, no-store"
    refused, missing = inside.get(f"/originals/{hidden.id}"), inside.get("/originals/none")
    assert (refused.status_code, refused.text) == (missing.status_code, missing.text)
    with running.database.read() as connection:
        events = connection.execute(
            select(tables.audit_event).where(tables.audit_event.c.action == "original.open")
        ).all()
    assert [(event.actor_name, event.subject) for event in events] == [("1001", "契約事務の手引き")]
