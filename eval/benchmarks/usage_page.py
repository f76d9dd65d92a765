"""Opens the page 利用状況 of a real server over a ledger of a million events."""

from __future__ import annotations

import secrets
import sqlite3
import time
from pathlib import Path
from typing import Any

import httpx

from assistant.errors import OperationError
from assistant.opening import open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import RoleGrant
from assistant.settings import read_settings
from eval.apart import apart
from eval.benchmarks.page_session import open_page
from eval.benchmarks.server_process import environment, served, sign_in

_NUMBER = "900001"
_TIMES = 3
# Everybody of the ledger is of the staff, and every question is still kept in a conversation.
_PEOPLE = (
    "INSERT INTO person (id, name, created_at) "
    "SELECT DISTINCT person_id, person_id, '2020-01-01' FROM usage_event",
    "INSERT INTO identity (sign_in_name, valid_from, person_id) "
    "SELECT 'm' || id, '2020-01-01', id FROM person WHERE length(id) = 32 AND id < '1'",
    "INSERT INTO posting (person_id, valid_from, section, employment) "
    "SELECT id, '2020-01-01', '課' || (CAST(id AS INTEGER) % 60), '' FROM person WHERE id < '1'",
    "INSERT INTO conversation (id, person_id, browser_session, created_at, touched_at, closed, "
    "title) SELECT 'c' || id, person_id, '', occurred_at, occurred_at, 1, '' FROM usage_event "
    "WHERE id % 3 = 1",
    "INSERT INTO answer (id, conversation_id, person_id, section, question, as_of, state, "
    "asked_at, beat_at, trial) SELECT answer_id, 'c' || (id - (id - 1) % 3), person_id, section, "
    "'', substr(occurred_at, 1, 10), 'answered', "
    "replace(substr(occurred_at, 1, 19), 'T', ' ') || '.000000', "
    "replace(substr(occurred_at, 1, 19), 'T', ' ') || '.000000', 0 FROM usage_event",
    "INSERT INTO feedback (answer_id, person_id, helpful, given_at, reason, remark) "
    "SELECT answer_id, person_id, id % 40 <> 0, '2026-01-01 00:00:00.000000', '', '' "
    "FROM usage_event WHERE id % 8 = 0",
)


def add_people_and_answers(path: Path) -> None:
    """Put what the page reads beside the ledger into a database that has the ledger alone."""
    raw = sqlite3.connect(path)
    for statement in _PEOPLE:
        raw.execute(statement)
    raw.commit()
    raw.close()


def usage_page(data_dir: Path) -> dict[str, Any]:
    """Return the seconds from opening 利用状況 to its last part, for the first time and again.

    Raises OperationError when the server does not start or the page fails.
    """
    settings = read_settings()
    password = secrets.token_urlsafe(18)
    with open_assistant(apart(settings, data_dir)) as assistant:
        assistant.accounts.add(_NUMBER, name="計測", section="計測課", by=OPERATOR_ACTOR)
        member = assistant.accounts.member(_NUMBER)
        assistant.accounts.grant(_NUMBER, RoleGrant("auditor"), by=OPERATOR_ACTOR)
        assistant.local_sign_in.set_password(member, password, by=OPERATOR_ACTOR)
    given = environment(data_dir, settings, ASSISTANT_EMBEDDING_ENGINE=settings.embedding_engine)
    with served(given) as server, httpx.Client(trust_env=False, timeout=60) as client:
        sign_in(client, server.base, number=_NUMBER, password=password)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        seconds = [_opened(server.base, cookie) for _ in range(_TIMES)]
    return {"usage_page_first": seconds[0], "usage_page_again": min(seconds[1:])}


def _opened(base: str, cookie: str) -> float:
    began = time.perf_counter()
    with open_page(base, cookie=cookie, page="usage") as page:
        for _ in page.run():
            pass
        seconds = time.perf_counter() - began
        if page.problems:
            raise OperationError("；".join(page.problems))
        if not any("公式の値の作り方" in text for text in page.shown.values()):
            raise OperationError("利用状況の画面が開きませんでした。")
    return seconds
