"""One process owns a data directory: what one ingests all find, and nobody else gets in."""

from __future__ import annotations

import http.client
import json
import stat
from pathlib import Path

import pytest
from chonai_process import Installation, Served, alive

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TEXTS = {
    "植栽": ("庁舎前の花壇の水やりは、毎朝8時20分に行います。", "花壇の水やりは何時ですか"),
    "公用車": ("公用車の鍵は、管財課の窓口で受け取ります。", "公用車の鍵はどこで受け取りますか"),
    "図書室": ("行政資料室の本は、2週間まで借りられます。", "資料室の本は何週間借りられますか"),
}


@pytest.fixture
def chonai(tmp_path: Path, models_folder: Path) -> Installation:
    return Installation(tmp_path / "data", models_folder.resolve())


def _write(folder: Path, name: str) -> str:
    path = folder / f"{name}.md"
    path.write_text(f"# {name}の手引き\n\n## 決まり\n\n{TEXTS[name][0]}\n", "utf-8")
    return str(path)


def _found(chonai: Installation, name: str) -> str:
    finished = chonai.run("search", TEXTS[name][1], "--limit", "1", "--json")
    assert finished.status == 0, finished.err
    return str(finished.document[0]["file"])


def _status(served_folder: Path, method: str, path: str, token: str | None) -> int:
    port = json.loads((served_folder / "owner.json").read_text("utf-8"))["port"]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    body = json.dumps({"command": "usage-weekly", "arguments": {}}) if method == "POST" else None
    connection.request(method, path, body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def _page_answers(served: Served) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.request("GET", "/api/health")
    return connection.getresponse().status == 200


def test_what_a_shell_ingests_is_found_by_all_before_and_after_a_restart(
    chonai: Installation, tmp_path: Path
) -> None:
    with chonai.serve() as served:
        assert chonai.run("ingest", _write(tmp_path, "植栽"), "--json").status == 0
        assert _found(chonai, "植栽") == "植栽.md"
        assert served.stop() == 0
    assert chonai.run("ingest", _write(tmp_path, "公用車"), "--json").status == 0
    with chonai.serve() as served:
        assert chonai.run("ingest", _write(tmp_path, "図書室"), "--json").status == 0
        for name in TEXTS:
            assert _found(chonai, name) == f"{name}.md"
        assert _page_answers(served)


def test_a_serving_process_keeps_others_out_and_leaves_nothing_behind(
    chonai: Installation, tmp_path: Path
) -> None:
    owner = chonai.data_dir / "owner.json"
    with chonai.serve() as served:
        assert stat.S_IMODE(owner.stat().st_mode) == 0o600
        known = json.loads(owner.read_text("utf-8"))

        second = chonai.run("serve", "--port", "1")
        assert second.status == 2
        assert served.url in second.err
        assert "止めてから" in second.err
        assert json.loads(owner.read_text("utf-8")) == known

        for token in (None, "", "x" * len(known["token"])):
            assert _status(chonai.data_dir, "GET", "/alive", token) == 403
            assert _status(chonai.data_dir, "POST", "/command", token) == 403
        assert _status(chonai.data_dir, "GET", "/alive", known["token"]) == 200

        assert chonai.run("ingest", _write(tmp_path, "植栽"), "--json").status == 0
        served.kill()
    assert owner.exists()
    assert _found(chonai, "植栽") == "植栽.md"

    with chonai.serve() as served:
        children = served.children()
        assert served.stop() == 0
    assert not owner.exists()
    assert not [child for child in children if alive(child)]


@pytest.mark.model
def test_the_local_model_ends_with_its_server(
    tmp_path: Path, models_folder: Path, local_model_path: Path
) -> None:
    chonai = Installation(tmp_path / "data", models_folder.resolve(), mode="local")
    with chonai.serve() as served:
        assert chonai.run("ingest", _write(tmp_path, "植栽"), "--json").status == 0
        asked = chonai.run("ask", TEXTS["植栽"][1], "--json")
        assert asked.document["outcome"] == "answered"
        children = served.children()
        assert [child for child in children if alive(child)]
        assert served.stop() == 0
    assert not [child for child in children if alive(child)]
