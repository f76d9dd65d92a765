from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from audit_tools import CLERK, events_of, unguarded
from pydantic import SecretStr

from assistant.database import Database
from assistant.errors import DataDirectoryError
from assistant.people.audit.settings_record import record_settings
from assistant.people.audit.trail import AuditTrail
from assistant.people.audit.verification import verify
from assistant.settings import Settings

PASSWORD = "Sakura-2026!"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "chonai.db")


def _settings(tmp_path: Path, **changes: Any) -> Settings:
    return Settings(data_dir=tmp_path, **changes)


def _recorded(database: Database) -> list[dict[str, Any]]:
    rows = [row for row in events_of(database) if row["action"] == "settings.change"]
    return [json.loads(row["detail"])["changed"] for row in rows]


def test_the_first_start_records_what_differs_from_the_defaults(
    database: Database, tmp_path: Path
) -> None:
    record_settings(database, _settings(tmp_path, mode="extractive", port=9000))
    assert _recorded(database) == [
        {
            "ASSISTANT_DATA_DIR": ["var", str(tmp_path)],
            "ASSISTANT_MODE": ["auto", "extractive"],
            "ASSISTANT_PORT": [8501, 9000],
        }
    ]
    row = events_of(database)[0]
    assert (row["actor"], row["subject"]) == ("system", "設定（最初の記録）")


def test_a_start_with_the_same_settings_records_nothing(database: Database, tmp_path: Path) -> None:
    settings = _settings(tmp_path, ldap_bind_password=SecretStr(PASSWORD))
    record_settings(database, settings)
    AuditTrail(database).record(CLERK, "sign_in", "1001")
    assert record_settings(database, settings) == {}
    assert len(_recorded(database)) == 1


def test_a_change_is_recorded_from_old_to_new_and_back(database: Database, tmp_path: Path) -> None:
    for mode in ("auto", "local", "auto"):
        record_settings(database, _settings(tmp_path, mode=mode))
    assert _recorded(database)[1:] == [
        {"ASSISTANT_MODE": ["auto", "local"]},
        {"ASSISTANT_MODE": ["local", "auto"]},
    ]
    assert verify(database).right


def test_a_changed_secret_is_seen_and_never_revealed(database: Database, tmp_path: Path) -> None:
    for secret in ("", PASSWORD, "another-one", ""):
        record_settings(database, _settings(tmp_path, ldap_bind_password=SecretStr(secret)))
    changes = [change["ASSISTANT_LDAP_BIND_PASSWORD"] for change in _recorded(database)[1:]]
    assert [before.partition("。")[0] for before, _ in changes] == [
        "（未設定）", "（設定済み", "（設定済み",
    ]  # fmt: skip
    assert changes[0][1] == changes[1][0] != changes[1][1]
    assert changes[2][1] == "（未設定）"
    text = " ".join(str(tuple(row)) for row in events_of(database))
    assert PASSWORD not in text
    # Nor may somebody who reads the trail try passwords against the check value.
    assert hashlib.sha256(PASSWORD.encode()).hexdigest()[:8] not in text


def test_the_check_value_needs_a_key_that_only_its_owner_may_read(
    database: Database, tmp_path: Path
) -> None:
    values = set()
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        own = Database(folder / "chonai.db")
        record_settings(own, _settings(folder, proxy_secret=SecretStr("x" * 40)))
        assert (folder / "settings_record_key").stat().st_mode & 0o777 == 0o600
        assert len((folder / "settings_record_key").read_bytes()) == 32
        values.add(_recorded(own)[0]["ASSISTANT_PROXY_SECRET"][1])
    assert len(values) == 2


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://clerk:Sakura-2026!@10.0.0.5:8000/v1", "http://…@10.0.0.5:8000/v1（照合値 "),
        ("https://ai.example/v1?api-key=Sakura-2026!", "https://ai.example/v1…（照合値 "),
        ("https://ai.example/v1", "https://ai.example/v1"),
    ],
)
def test_what_an_address_carries_besides_the_place_is_not_recorded(
    database: Database, tmp_path: Path, url: str, shown: str
) -> None:
    record_settings(database, _settings(tmp_path, endpoint_url=url, endpoint_model="m"))
    value = _recorded(database)[0]["ASSISTANT_ENDPOINT_URL"][1]
    assert value.startswith(shown)
    assert "Sakura" not in str(tuple(events_of(database)[0]))


def test_a_changed_password_within_an_address_is_seen(database: Database, tmp_path: Path) -> None:
    for password in ("one", "two"):
        url = f"http://clerk:{password}@10.0.0.5/v1"
        record_settings(database, _settings(tmp_path, endpoint_url=url, endpoint_model="m"))
    assert list(_recorded(database)[1]) == ["ASSISTANT_ENDPOINT_URL"]


@pytest.mark.parametrize("broken", ["{}", "[]", "x", '{"settings": 3}'])
def test_without_a_record_that_can_be_read_all_is_recorded_anew(
    database: Database, tmp_path: Path, broken: str
) -> None:
    record_settings(database, _settings(tmp_path, mode="local"))
    with unguarded(database) as raw:
        raw.execute("UPDATE audit_event SET detail = ?", (broken,))
    record_settings(database, _settings(tmp_path, mode="local"))
    last = json.loads(events_of(database)[-1]["detail"])
    assert last["changed"]["ASSISTANT_MODE"] == ["auto", "local"]


def test_a_setting_that_is_no_more_and_one_that_is_new_are_told(
    database: Database, tmp_path: Path
) -> None:
    record_settings(database, _settings(tmp_path))
    with unguarded(database) as raw:
        detail = json.loads(raw.execute("SELECT detail FROM audit_event").fetchone()[0])
        detail["settings"]["ASSISTANT_LOCAL_USER"] = "local"
        del detail["settings"]["ASSISTANT_MODE"], detail["settings"]["ASSISTANT_PORT"]
        raw.execute("UPDATE audit_event SET detail = ?", (json.dumps(detail),))
    assert record_settings(database, _settings(tmp_path, port=9000)) == {
        "ASSISTANT_PORT": [8501, 9000],
        "ASSISTANT_LOCAL_USER": ["local", None],
    }


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(
    database: Database, tmp_path: Path
) -> None:
    with pytest.raises(DataDirectoryError, match="権限と空き容量"):
        record_settings(database, _settings(tmp_path / "nowhere"))
