from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.errors import DataDirectoryError, OperationError
from assistant.settings import Settings
from ui.server import build_app, cookie_secret, serve


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


@pytest.fixture
def client(written: Any) -> Iterator[TestClient]:
    said: list[str] = []
    app = build_app(written, written.settings, ready=said.append)
    with TestClient(app, "http://127.0.0.1:8501") as client:
        assert said == ["http://127.0.0.1:8501"]
        yield client


def test_the_whole_application_answers_behind_the_gate(client: TestClient, written: Any) -> None:
    assert client.get("/api/health").json() == {"status": "ok", "mode": "auto"}
    for path in ("/", "/manuals", "/usage"):
        page = client.get(path)
        assert page.status_code == 200
        assert '<html lang="ja">' in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    picture = client.get("/pages/v1/1.png")
    assert picture.headers["content-type"] == "image/png"
    assert client.get("/pages/v1/9.png").status_code == 404
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 403
    for path in ("/_stcore/health", "/ui.js"):
        assert client.get(path).status_code == 200
