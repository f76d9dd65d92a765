from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from audit_tools import CLERK, Clock, unguarded

from assistant import calendar
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.records import (
    AuditFilter,
    checked_filter,
    count_events,
    read_events,
    tokyo_time,
)
from assistant.people.audit.trail import OPERATOR_ACTOR, SYSTEM_ACTOR, Actor, AuditTrail
from assistant.people.audit.words import detail_words

OTHER = Actor("p2", "ab-22")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Six events on four days of October and November."""
    database = Database(tmp_path / "chonai.db")
    clock = Clock(monkeypatch, datetime(2026, 10, 30, 23, 59, tzinfo=calendar.TOKYO))
    trail = AuditTrail(database)
    trail.record(CLERK, "sign_in", "1001", {"method": "local"})
    clock.set(2026, 10, 31, 0, 0)
    trail.record(CLERK, "role.grant", "1002", {"role": "editor", "section": "総務課"})
    clock.set(2026, 10, 31, 23, 59, 59)
    trail.record(OTHER, "manual.publish", "契約事務の手引き 100%", {"version": 2})
    clock.set(2026, 11, 1, 0, 0)
    trail.record(OPERATOR_ACTOR, "command", "ingest")
    trail.record(SYSTEM_ACTOR, "audit.seal", "2026-10")
    clock.set(2026, 11, 2, 12, 0)
    trail.record(OTHER, "original.open", "旅費_2026.pdf")
    return database


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (AuditFilter(), [6, 5, 4, 3, 2, 1]),
        (AuditFilter(first_day=date(2026, 10, 31)), [6, 5, 4, 3, 2]),
        (AuditFilter(last_day=date(2026, 10, 31)), [3, 2, 1]),
        (AuditFilter(first_day=date(2026, 10, 31), last_day=date(2026, 10, 31)), [3, 2]),
        (AuditFilter(first_day=date.min, last_day=date.max), [6, 5, 4, 3, 2, 1]),
        (AuditFilter(actor="1001"), [2, 1]),
        (AuditFilter(actor="p2"), [6, 3]),
        (checked_filter(actor=" ＡＢ－22 "), [6, 3]),
        (checked_filter(actor="システム"), [5]),
        (checked_filter(actor="サーバーの運用者"), [4]),
        (checked_filter(action="サインイン"), [1]),
        (checked_filter(action="role.grant"), [2]),
        (AuditFilter(text="手引き"), [3]),
        (AuditFilter(text="総務課"), [2]),
        (AuditFilter(text="100%"), [3]),
        (AuditFilter(text="_2026"), [6]),
        (AuditFilter(text="PDF"), [6]),
        (AuditFilter(text="%"), [3]),
        (AuditFilter(actor="1001", action="sign_in", text="手引き"), []),
    ],
)
def test_a_filter_lets_through_what_it_says_newest_first(
    database: Database, wanted: AuditFilter, ids: list[int]
) -> None:
    assert [event.id for event in read_events(database, wanted, limit=10)] == ids
    assert count_events(database, wanted) == len(ids)


def test_pages_follow_each_other(database: Database) -> None:
    pages = [read_events(database, AuditFilter(), limit=4, offset=o) for o in (0, 4, 8)]
    assert [[event.id for event in page] for page in pages] == [[6, 5, 4, 3], [2, 1], []]


def test_an_event_is_read_as_it_was_written(database: Database) -> None:
    event = read_events(database, AuditFilter(action="role.grant"), limit=1)[0]
    assert (event.actor, event.actor_name, event.subject) == ("p1", "1001", "1002")
    assert event.detail == {"role": "editor", "section": "総務課"}
    assert tokyo_time(event.at) == "2026-10-31 00:00:00"
    assert detail_words(event.detail) == "役割：編集者、課：総務課"


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="期間の始まりが終わりより後"):
        checked_filter(first_day=date(2026, 11, 2), last_day=date(2026, 11, 1))


def test_an_unknown_action_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"操作「ログイン」はありません.*sign_in（サインイン）"):
        checked_filter(action="ログイン")


def test_a_filter_says_what_it_is() -> None:
    assert AuditFilter().words == "なし（すべての記録）"
    wanted = AuditFilter(date(2026, 10, 1), None, "1001", "sign_in", "課")
    assert wanted.words == "期間 2026-10-01〜、利用者 1001、操作 サインイン、文字「課」"


def test_events_that_somebody_broke_are_shown_as_they_are(database: Database) -> None:
    with unguarded(database) as raw:
        raw.execute("UPDATE audit_event SET at = 'いつか', detail = '{', action = 'x'")
    event = read_events(database, AuditFilter(), limit=1)[0]
    assert (tokyo_time(event.at), detail_words(event.detail)) == ("いつか", "{")


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({}, ""),
        ({"section": "", "to": None}, ""),
        ({"unheard_of": 3, "on": "2026-11-01"}, "unheard_of：3、日付：2026-11-01"),
        ({"owner_section": ["総務課", ""]}, "所管課：総務課 → （空）"),
        ({"paths": ["a", "b"]}, "場所：a・b"),
        ({"audience": ["everyone", "section:税務課"]}, "閲覧範囲：全員 → 税務課"),
        ({"from": "2026-11-01", "to": None}, "開始日：2026-11-01"),
        ({"from": "総務課", "to": "税務課"}, "変更前：総務課、変更後：税務課"),
        ({"number": 3, "rows": 120}, "同じ人の番号の開始：3、行数：120"),
        ({"number": "1001"}, "職員番号：1001"),
        ({"for": "first_password"}, "用途：初期パスワード"),
        (
            {"changes": [{"old": "税務課", "new": "課税課", "heir": True}]},
            "内容：（元の課：税務課、新しい課：課税課、引き継ぐ課：はい）",
        ),
        (
            {"changed": {"ASSISTANT_MODE": ["auto", "local"]}, "settings": {"a": 1}},
            "ASSISTANT_MODE：auto → local",
        ),
        ({"changed": {"ASSISTANT_SIGN_ON_CREATES": [True, False]}, "method": "pin"}, "ASSISTANT_SIGN_ON_CREATES：はい → いいえ、方法：共用端末（暗証番号）"),
    ],
)  # fmt: skip
def test_a_detail_is_told_in_words(detail: dict[str, object], words: str) -> None:
    assert detail_words(detail) == words
