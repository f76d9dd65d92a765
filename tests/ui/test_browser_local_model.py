"""The local model's process is killed while it writes, in a real browser over a real server."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_person import Person
from chonai_process import Installation, Served, alive

pytestmark = [
    pytest.mark.browser, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(900),
]  # fmt: skip

NUMBER = "1001"
QUESTION = "少額の随意契約は、工事だといくらまでできますか"
NEXT = "年次有給休暇は何日前までに申請しますか"
_PROGRAM = "assistant.language_model.local_child"
_TICKS = os.sysconf("SC_CLK_TCK")
_SLOW = 240  # seconds: a small machine reads the prompt for half a minute


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory,
    manuals_folder: Path,
    models_folder: Path,
    local_model_path: Path,
) -> Iterator[Served]:
    """A server whose answers the real local model writes."""
    folder = tmp_path_factory.mktemp("local") / "data"
    shutil.copytree(manuals_folder, folder)
    installed = Installation(folder, models_folder.resolve(), "local")
    installed.add_person(NUMBER)
    with installed.serve() as running:
        yield running


@pytest.fixture
def someone(chromium: Any, server: Served) -> Iterator[Person]:
    person = Person(chromium, server.url)
    person.page.set_default_timeout(_SLOW * 1000)
    person.let_in(server, NUMBER).begin_anew()
    yield person
    assert person.problems == []
    person.page.context.close()


def child_of(server: Served) -> int:
    """Wait for the process of the local model and return its id."""
    end = time.monotonic() + _SLOW
    while time.monotonic() < end:
        for child in server.children():
            command = Path(f"/proc/{child}/cmdline")
            if _PROGRAM in command.read_bytes().decode() and alive(child):
                return child
        time.sleep(0.1)
    raise AssertionError("the local model was not started")


def seconds_spent(process_id: int) -> float:
    """Return how long a process has kept the processor busy."""
    fields = Path(f"/proc/{process_id}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def warmed_up(server: Served) -> int:
    """Wait until the child has loaded the model and read its instructions; return its id."""
    child, before = child_of(server), -1.0
    while (spent := seconds_spent(child)) != before or spent < 1:
        before = spent
        time.sleep(1.5)
    return child


def quotations(person: Person) -> list[str]:
    return answer(person).locator("blockquote.chonai-quote").all_inner_texts()


def answer(person: Person) -> Any:
    return person.page.get_by_test_id("stChatMessage").last


def test_the_quotations_stand_when_the_local_model_dies_and_the_next_answer_has_a_new_one(
    someone: Person, server: Served
) -> None:
    child = warmed_up(server)
    someone.page.get_by_test_id("stChatInputTextArea").fill(QUESTION)
    before = seconds_spent(child)
    someone.page.keyboard.press("Enter")
    someone.page.get_by_text("マニュアルの記載の引用です").wait_for()
    someone.page.get_by_role("button", name="まとめを待たない").wait_for()
    shown = quotations(someone)
    while seconds_spent(child) < before + 1:  # it is at work on this very answer
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    someone.page.get_by_text("ローカルモデルが途中で止まりました。").wait_for()
    someone.page.get_by_text("回答のしかた：引用のみ").wait_for()
    assert "引用をご確認ください。" in answer(someone).inner_text()
    assert shown
    assert quotations(someone) == shown
    assert not alive(child)

    someone.ask(NEXT)
    assert quotations(someone)
    assert "止まりました" not in answer(someone).inner_text()
    assert child_of(server) != child
    assert re.search("庁内のローカルモデル|根拠と合わなかった", answer(someone).inner_text())
