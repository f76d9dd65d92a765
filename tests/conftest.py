"""Fixtures of all tests: no network, real models and manuals."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hashed_encoder import HashedEncoder
from openai_stub import OpenAIStub

from assistant import calendar
from assistant.domain import Reader
from assistant.embeddings.encoder import Encoder
from assistant.errors import ModelFilesUnavailable
from assistant.language_model.choice import Choice
from assistant.opening import Assistant, load_encoder, open_assistant
from assistant.people.access import OPERATOR
from assistant.settings import Settings
from ingest.pipeline import ingest_paths

pytest_plugins = ("run_report", "sharing_out")
ROOT = Path(__file__).parents[1]
MANUALS = ROOT / "manuals"
SLOW = (
    "assistant/embeddings/test_engines.py",
    "assistant/embeddings/test_question_adapter.py",
    "assistant/language_model/test_weights.py",
    "assistant/people/sign_on/test_ldap_sign_in.py",
    "assistant/people/staff/test_staff_list.py",
    "assistant/search/test_collection_rows.py",
    "assistant/search/test_vector_index.py",
    "assistant/usage/test_usage_properties.py",
    "crashes/",
    "eval/sets/test_model_drafts.py",
    "eval/test_broken_answers.py",
    "eval/test_large_library.py",
    "eval/test_open_sessions.py",
    "eval/test_peer_tutorial.py",
    "ingest/hostile/",
    "ingest/readers/scans/",
    "ingest/readers/test_bad_files.py",
    "ingest/test_protection.py",
    "manuals/",
    "ui/ask/test_conversation_page.py",
    "ui/commands/test_as_of_commands.py",
    "ui/commands/test_manual_commands.py",
    "ui/commands/test_usage_commands.py",
    "ui/commands/test_user_commands.py",
    "ui/people/",
    "ui/serving/test_gate.py",
    "ui/serving/test_marked_pictures.py",
    "ui/serving/test_routes_and_rights.py",
    "ui/sign_in/test_oidc.py",
    "ui/sign_in/test_sign_in_forms.py",
    "ui/test_audit_page.py",
    "ui/test_manage_page.py",
    "ui/test_manuals_page.py",
    "ui/test_preparedness_page.py",
    "ui/test_quality_page.py",
    "ui/test_trial_on_the_page.py",
    "ui/test_upload_desk.py",
    "ui/test_usage_page.py",
    "ui/test_usage_reports.py",
    "ui/test_usage_settings.py",
)
FEW = ("契約事務の手引き.pdf", "庶務事務の手引き.docx", "庁内アシスタントの使い方.md")
SHARED = ROOT.parent / "shared" / "data"

_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise AssertionError(f"a test tried to reach {host}")
    _connect(self, address)


socket.socket.connect = _loopback_only  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out of the fast tests what embeds whole manuals first, and what takes long together."""
    for item in items:
        embeds = {"manuals_folder", "library_assistant"} & set(getattr(item, "fixturenames", ()))
        if embeds or item.path.relative_to(ROOT / "tests").as_posix().startswith(SLOW):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """The folder that `chonai prepare` filled."""
    given = os.environ.get("ASSISTANT_MODELS_DIR")
    return Path(given) if given else ROOT / os.environ.get("ASSISTANT_DATA_DIR", "var") / "models"


@pytest.fixture(scope="session")
def encoder(models_folder: Path) -> Encoder:
    try:
        return load_encoder(Settings(models_dir=models_folder))
    except ModelFilesUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def local_model_path(models_folder: Path) -> Path:
    path = models_folder / "local.gguf"
    if not path.is_file():
        pytest.skip("the local language model is not prepared: chonai prepare")
    return path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there")
    return SHARED


@pytest.fixture
def settings(tmp_path: Path, models_folder: Path) -> Settings:
    """Settings of an empty data directory, answering by quotations."""
    return Settings(data_dir=tmp_path / "data", models_dir=models_folder, mode="extractive")


@pytest.fixture
def assistant(settings: Settings, encoder: Encoder) -> Iterator[Assistant]:
    """An assistant on an empty data directory."""
    with open_assistant(settings, encoder=encoder) as opened:
        yield opened


@pytest.fixture(scope="session")
def manuals_folder(
    tmp_path_factory: pytest.TempPathFactory, models_folder: Path, encoder: Encoder
) -> Path:
    """A closed data directory with three sample manuals, made once a run; tests copy it."""
    folder = tmp_path_factory.mktemp("manuals") / "data"
    settings = Settings(data_dir=folder, models_dir=models_folder, mode="extractive")
    with open_assistant(settings, encoder=encoder) as opened:
        results = ingest_paths(opened, [MANUALS / name for name in FEW])
        assert [r.status for r in results] == ["indexed"] * len(results), results
    return folder


@pytest.fixture(scope="session")
def library_assistant(
    tmp_path_factory: pytest.TempPathFactory, models_folder: Path, encoder: Encoder
) -> Iterator[Assistant]:
    """One assistant with the whole library of the model city; tests must not change it."""
    folder = tmp_path_factory.mktemp("library") / "data"
    settings = Settings(data_dir=folder, models_dir=models_folder, mode="extractive")
    with open_assistant(settings, encoder=encoder) as opened:
        results = ingest_paths(opened, [MANUALS])
        assert [r.status for r in results] == ["indexed"] * len(results), results
        yield opened


@pytest.fixture(scope="session")
def assistant_with_manuals(
    tmp_path_factory: pytest.TempPathFactory,
    manuals_folder: Path,
    models_folder: Path,
    encoder: Encoder,
) -> Iterator[Assistant]:
    """One assistant for the whole run with the sample manuals; tests must not change it."""
    folder = tmp_path_factory.mktemp("assistant") / "data"
    shutil.copytree(manuals_folder, folder)
    settings = Settings(data_dir=folder, models_dir=models_folder, mode="extractive")
    with open_assistant(settings, encoder=encoder) as opened:
        yield opened


@pytest.fixture(scope="session")
def stub() -> Iterator[OpenAIStub]:
    """An OpenAI-compatible server on loopback that behaves as a test says."""
    with OpenAIStub() as server:
        yield server


@pytest.fixture(scope="session")
def endpoint_assistant(
    tmp_path_factory: pytest.TempPathFactory,
    manuals_folder: Path,
    models_folder: Path,
    encoder: Encoder,
    stub: OpenAIStub,
) -> Iterator[Assistant]:
    """An assistant with the sample manuals whose answers the stub writes."""
    folder = tmp_path_factory.mktemp("endpoint") / "data"
    shutil.copytree(manuals_folder, folder)
    settings = Settings(
        data_dir=folder,
        models_dir=models_folder,
        mode="endpoint",
        endpoint_url=stub.url,
        endpoint_model=stub.model,
        model_wait_seconds=2,
    )
    with open_assistant(settings, encoder=encoder) as opened:
        yield opened


@pytest.fixture
def locally_written(
    endpoint_assistant: Assistant, stub: OpenAIStub, monkeypatch: pytest.MonkeyPatch
) -> Assistant:
    """An assistant whose local model is the stub: what it writes is what a test says."""
    writer = endpoint_assistant.models.choose().writer
    monkeypatch.setattr(
        endpoint_assistant.models, "local_summary", lambda: Choice(writer, "summary")
    )
    return endpoint_assistant


@pytest.fixture
def reader() -> Reader:
    return OPERATOR


@pytest.fixture
def today() -> date:
    return calendar.today()


@pytest.fixture
def quick_encoder() -> Encoder:
    """An encoder without model files: a real subclass that hashes character bigrams."""
    return HashedEncoder()


@pytest.fixture
def quick_assistant(settings: Settings, quick_encoder: Encoder) -> Iterator[Assistant]:
    """An assistant on an empty data directory that opens in milliseconds."""
    with open_assistant(settings, encoder=quick_encoder) as opened:
        yield opened
