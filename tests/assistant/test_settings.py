from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.settings import Settings, read_settings


def test_no_variables_give_the_defaults() -> None:
    settings = read_settings({"PATH": "/bin", "HOME": "/root"})
    assert (settings.mode, settings.port, settings.data_dir) == ("auto", 8501, Path("var"))
    assert settings.models_folder == Path("var/models")


def test_variables_are_read_by_their_prefix() -> None:
    settings = read_settings(
        {"ASSISTANT_DATA_DIR": "/srv/data", "ASSISTANT_PORT": "9000", "ASSISTANT_MODE": "local"}
    )
    assert (settings.data_dir, settings.port, settings.mode) == (Path("/srv/data"), 9000, "local")


def test_an_empty_variable_is_as_if_not_set() -> None:
    assert read_settings({"ASSISTANT_PORT": "", "ASSISTANT_MODE": ""}).mode == "auto"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("ASSISTANT_MODEL_WAIT", id="cut short"),
        pytest.param("ASSISTANT_ENDPOINT_KEY", id="another word"),
        pytest.param("ASSISTANT_", id="no name"),
        pytest.param("assistant_prot", id="lower case"),
    ],
)
def test_an_unknown_setting_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("ASSISTANT_PORT", "eight", id="no number"),
        pytest.param("ASSISTANT_PORT", "70000", id="too large"),
        pytest.param("ASSISTANT_MODE", "fast", id="no such mode"),
        pytest.param("ASSISTANT_MODEL_WAIT_SECONDS", "0", id="zero seconds"),
        pytest.param("ASSISTANT_LOCAL_THREADS", "-1", id="negative"),
        pytest.param("ASSISTANT_QUESTION_MAX_CHARACTERS", "5", id="too small"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value})


def test_every_wrong_value_is_named() -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({"ASSISTANT_PORT": "x", "ASSISTANT_MODE": "y"})
    assert "ASSISTANT_PORT" in str(refusal.value)
    assert "ASSISTANT_MODE" in str(refusal.value)


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"ASSISTANT_DATABASE_URL": "postgresql://db/chonai"}, id="PostgreSQL"),
        pytest.param({"ASSISTANT_MODE": "endpoint"}, id="endpoint without address"),
        pytest.param({"ASSISTANT_ENDPOINT_URL": "http://10.0.0.5/v1"}, id="address without model"),
    ],
)
def test_what_cannot_run_is_refused_with_the_next_step(variables: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"してください|空に") as refusal:
        read_settings(variables)
    assert "ASSISTANT_" in str(refusal.value)


def test_a_secret_is_never_printed() -> None:
    settings = read_settings({"ASSISTANT_ENDPOINT_API_KEY": "sk-very-secret"})
    for shown in (repr(settings), str(settings), settings.model_dump_json(), f"{settings!s}"):
        assert "very-secret" not in shown
    assert settings.endpoint_api_key.get_secret_value() == "sk-very-secret"


def test_a_secret_does_not_stand_in_the_message_of_another_error() -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({"ASSISTANT_ENDPOINT_API_KEY": "sk-very-secret", "ASSISTANT_PORT": "x"})
    assert "very-secret" not in str(refusal.value)


def test_settings_do_not_change() -> None:
    settings = read_settings({})
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


def test_the_environment_itself_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ASSISTANT_{name.upper()}", raising=False)
    monkeypatch.setenv("ASSISTANT_PORT", "9123")
    assert read_settings().port == 9123
    monkeypatch.setenv("ASSISTANT_PROT", "9123")
    with pytest.raises(SettingsError, match="ASSISTANT_PROT"):
        read_settings()


def test_every_setting_is_described_in_japanese() -> None:
    for name, field in Settings.model_fields.items():
        assert any("\u3040" <= c <= "\u30ff" for c in field.description or ""), name
