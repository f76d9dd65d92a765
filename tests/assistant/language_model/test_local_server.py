"""The local model's process answers only with its key, is restarted, and never outlives us."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from assistant.errors import ModelFilesUnavailable, ModelUnavailable
from assistant.language_model.local_server import LocalModelServer
from assistant.language_model.processor import missing_cpu_features, physical_cores

MODERN = "processor\t: 0\nflags\t\t: fpu sse4_2 avx fma avx2\n"
OLD = "processor\t: 0\nflags\t\t: fpu sse4_2 avx avx2_but_not_quite\n"


def open_server(model: Path, folder: Path, **options: object) -> LocalModelServer:
    return LocalModelServer(
        model,
        threads=2,
        context_tokens=1024,
        log_folder=folder / "logs",
        **options,  # type: ignore[arg-type]
    )


def wait_for_end(process_id: int, seconds: float = 20) -> bool:
    """Tell whether a process (not our child) ends in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status = Path(f"/proc/{process_id}/stat")
        try:
            if status.read_text("utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def ends(server: LocalModelServer, seconds: float = 20) -> bool:
    """Tell whether a server's child ends in time; a killed process takes a moment to be gone."""
    end = time.monotonic() + seconds
    while server.alive() and time.monotonic() < end:
        time.sleep(0.05)
    return not server.alive()


def test_a_missing_model_file_is_said_with_the_next_step(tmp_path: Path) -> None:
    server = open_server(tmp_path / "none.gguf", tmp_path)
    with pytest.raises(ModelFilesUnavailable, match=r"開けません.*make run"):
        server.start()
    assert not server.alive()


@pytest.mark.parametrize(
    "content",
    [b"", b"no model at all" * 1000, b"GGUF", b"GGUF\x03\x00\x00\x00" + b"\xff" * 5000],
    ids=["empty", "garbage", "magic only", "garbage after the magic"],
)
def test_a_damaged_model_file_is_said_with_the_next_step(tmp_path: Path, content: bytes) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(content)
    server = open_server(model, tmp_path)
    with pytest.raises(ModelFilesUnavailable, match=r"読み込めません.*削除"):
        server.start()
    assert server.process_id is None


def test_a_processor_that_is_too_old_is_said_before_the_model_is_loaded(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF")
    cpu_info = tmp_path / "cpuinfo"
    cpu_info.write_text(OLD, "utf-8")
    server = open_server(model, tmp_path, cpu_info=cpu_info)
    with pytest.raises(ModelUnavailable, match=r"AVX2、FMA.*ASSISTANT_MODE=extractive"):
        server.start()


def test_missing_processor_features_are_named() -> None:
    assert missing_cpu_features(MODERN, "x86_64") == []
    assert missing_cpu_features(OLD, "x86_64") == ["AVX2", "FMA"]
    assert missing_cpu_features(OLD, "aarch64") == []
    assert missing_cpu_features("", "x86_64") == []


def test_threads_of_one_core_count_once() -> None:
    listing = "\n\n".join(
        f"processor\t: {number}\nphysical id\t: 0\ncore id\t\t: {number // 2}\n"
        for number in range(8)
    )
    assert physical_cores(listing, set(range(8))) == 4
    assert physical_cores(listing, {0, 1}) == 1
    assert physical_cores("processor\t: 0\n\nprocessor\t: 1\n", {0, 1}) == 2


def test_a_start_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF")
    server = open_server(model, tmp_path, start_timeout=0.001)
    with pytest.raises(ModelUnavailable, match="秒たっても起動しません"):
        server.start()
    assert server.process_id is None


def test_restarts_are_limited_and_possible_again_after_ten_minutes(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF")
    now = [0.0]
    server = open_server(model, tmp_path, clock=lambda: now[0])
    for _ in range(4):
        with pytest.raises(ModelFilesUnavailable):
            server.ensure()
    with pytest.raises(ModelUnavailable, match="繰り返し止まった"):
        server.ensure()
    now[0] = 601.0
    with pytest.raises(ModelFilesUnavailable):
        server.ensure()


def test_a_stopped_server_is_not_started_by_a_late_question(tmp_path: Path) -> None:
    server = open_server(tmp_path / "none.gguf", tmp_path)
    server.stop()
    with pytest.raises(ModelUnavailable, match="終了しています"):
        server.ensure()


@pytest.fixture(scope="module")
def running(
    local_model_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalModelServer]:
    server = open_server(local_model_path, tmp_path_factory.mktemp("server"))
    # In a thread that ends: the child must not end with it.
    starter = threading.Thread(target=server.start)
    starter.start()
    starter.join()
    yield server
    server.stop()


def ask(server: LocalModelServer, path: str, body: object, key: str | None) -> tuple[int, str]:
    target = urlsplit(server.address)
    connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=120)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    connection.request("POST", f"/v1{path}", json.dumps(body), headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


QUESTION = {
    "messages": [{"role": "user", "content": "日本の首都は？"}],
    "max_tokens": 12,
    "temperature": 0,
}


@pytest.mark.model
@pytest.mark.slow
def test_it_answers_with_its_key_only(running: LocalModelServer) -> None:
    running.ensure()
    assert ask(running, "/chat/completions", QUESTION, None)[0] == 401
    assert ask(running, "/chat/completions", QUESTION, "guessed")[0] == 401
    status, text = ask(running, "/chat/completions", QUESTION, running.key)
    assert status == 200
    assert "首都" in json.loads(text)["choices"][0]["message"]["content"]
    assert "首都" not in running.log_path.read_text("utf-8", errors="replace")


@pytest.mark.model
@pytest.mark.slow
def test_starting_twice_keeps_the_same_process(running: LocalModelServer) -> None:
    running.ensure()
    before = running.process_id
    running.start()
    running.ensure()
    assert running.process_id == before


@pytest.mark.model
@pytest.mark.slow
def test_a_killed_child_is_replaced_and_answers_again(running: LocalModelServer) -> None:
    _, old_key = running.ensure()
    process_id = running.process_id
    assert process_id is not None
    os.kill(process_id, signal.SIGKILL)
    assert ends(running)

    _, key = running.ensure()

    assert key != old_key
    assert ask(running, "/chat/completions", QUESTION, key)[0] == 200


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize("moment", ["loading", "serving"])
def test_the_child_dies_with_a_killed_parent(
    local_model_path: Path, tmp_path: Path, moment: str
) -> None:
    code = """
import sys, threading, time
from pathlib import Path
from assistant.language_model.local_server import LocalModelServer
server = LocalModelServer(
    Path(sys.argv[1]), threads=1, context_tokens=1024, log_folder=Path(sys.argv[2])
)
starter = threading.Thread(target=server.start)
starter.start()
if sys.argv[3] == "serving":
    starter.join()
while server.process_id is None:
    time.sleep(0.01)
sys.stdout.write(f"{server.process_id}\\n")
sys.stdout.flush()
time.sleep(600)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(local_model_path), str(tmp_path), moment],
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        if moment == "loading":
            time.sleep(1)
        parent.kill()
    assert wait_for_end(child)
