"""Servers that the browser tests share: started once a run, each test with people of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from chonai_process import Installation, Served
from openai_stub import OpenAIStub
from signed_in import give_password
from small_manuals import publish_text

from assistant.embeddings.encoder import Encoder
from assistant.opening import Assistant, open_assistant
from assistant.people.roles import RoleGrant
from assistant.settings import Settings

EVERYTHING, STAFF, EDITOR, ADMINISTRATOR, EVALUATOR = "1001", "2002", "4004", "5005", "6006"
_ROLES = {
    EVERYTHING: (RoleGrant("administrator"), RoleGrant("auditor"), RoleGrant("evaluator")),
    STAFF: (),
    EDITOR: (RoleGrant("editor", "総務課"),),
    ADMINISTRATOR: (RoleGrant("administrator"),),
    EVALUATOR: (RoleGrant("evaluator"),),
}
_FIRST_NEWCOMER, _NEWCOMERS = 9001, 25
# A browser that can reach this machine and nothing else.
_OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, without any other host."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("ASSISTANT_TEST_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium: apt install chromium, or set ASSISTANT_TEST_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", _OFFLINE])
        yield browser
        browser.close()


@dataclass
class Site:
    """A server that may be started again under its address."""

    installation: Installation
    server: Served
    newcomers: Iterator[str]  # numbers of those who have not asked anything yet

    def kill_and_start(self) -> None:
        """End the server without any warning and start it on the same port."""
        self.server.kill()
        self.server = self.installation.serve(self.server.port)


@contextmanager
def peopled(
    manuals: Path, folder: Path, models: Path, encoder: Encoder
) -> Iterator[tuple[Assistant, Iterator[str]]]:
    """Copy the sample manuals to a folder and open it, with all roles and with newcomers."""
    shutil.copytree(manuals, folder)
    settings = Settings(data_dir=folder, models_dir=models, mode="extractive")
    numbers = [str(_FIRST_NEWCOMER + place) for place in range(_NEWCOMERS)]
    with open_assistant(settings, encoder=encoder) as opened:
        for number, grants in [*_ROLES.items(), *((number, ()) for number in numbers)]:
            give_password(opened, number, *grants)
        yield opened, iter(numbers)


@pytest.fixture(scope="session")
def quoting_site(
    tmp_path_factory: pytest.TempPathFactory,
    manuals_folder: Path,
    models_folder: Path,
    encoder: Encoder,
) -> Iterator[Site]:
    """A server of the sample manuals that answers by quotations."""
    folder = tmp_path_factory.mktemp("quoting") / "data"
    with peopled(manuals_folder, folder, models_folder, encoder) as (_, newcomers):
        pass
    installed = Installation(folder, models_folder.resolve())
    with installed.serve() as server:
        yield Site(installed, server, newcomers)


@pytest.fixture(scope="session")
def writing_model() -> Iterator[OpenAIStub]:
    """The model of the site below."""
    with OpenAIStub() as server:
        yield server


@pytest.fixture(scope="session")
def writing_site(
    tmp_path_factory: pytest.TempPathFactory,
    manuals_folder: Path,
    models_folder: Path,
    encoder: Encoder,
    writing_model: OpenAIStub,
) -> Iterator[Site]:
    """A server whose manuals also disagree, have changed, and leave open which case is meant."""
    folder = tmp_path_factory.mktemp("writing") / "data"
    with peopled(manuals_folder, folder, models_folder, encoder) as (opened, newcomers):
        rule = "見積合せでは、{}の業者から見積書を徴し、比較表を作ります。"
        publish_text(opened, rule.format("3者以上"), manual_id="rule", title="見積合せの手引き")
        publish_text(opened, rule.format("2者以上"), manual_id="buying", title="調達の手引き")
        leave = "{}の病気休暇は、1年度に{}日以内です。"
        others = leave.format("会計年度任用職員", 10)
        fee = "庁舎の駐車場の使用料は、一日{}円です。料金は、出口の精算機で払います。"
        for days, yen, since in ((80, 300, date(2025, 4, 1)), (90, 500, date(2026, 4, 1))):
            publish_text(
                opened, leave.format("常勤の職員", days), others,
                manual_id="leave", title="病気休暇の手引き", since=since,
            )  # fmt: skip
            publish_text(
                opened, fee.format(yen), manual_id="parking", title="駐車場の手引き", since=since
            )
    endpoint = (
        ("ASSISTANT_ENDPOINT_URL", writing_model.url),
        ("ASSISTANT_ENDPOINT_MODEL", writing_model.model),
    )
    installed = Installation(folder, models_folder.resolve(), "endpoint", endpoint)
    site = Site(installed, installed.serve(), newcomers)
    yield site
    site.server.kill()
