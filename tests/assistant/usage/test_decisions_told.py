"""What the audit trail tells of decisions on who counts, in the words of the office."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest
from audit_tools import events_of

from assistant.database import Database
from assistant.people.accounts import Accounts
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.audit.words import detail_words
from assistant.usage.decisions import end_exclusion, exclude, same_person
from assistant.usage.importing import LogLine, import_log
from assistant.usage.official import decide_official, decide_target
from assistant.usage.remarks import keep_remarks
from assistant.usage.simulation import simulate

FIRST = date(2026, 11, 1)


@pytest.fixture
def staffed(database: Database) -> Database:
    for number in ("1001", "1002"):
        Accounts(database).add(
            number, name=number, section="総務課", by=OPERATOR_ACTOR, valid_from=FIRST
        )
    return database


def _told(database: Database) -> list[str]:
    return [
        detail_words(json.loads(event["detail"]))
        for event in events_of(database)
        if event["action"].startswith("usage.")
    ]


def test_an_exclusion_is_told_with_its_kind_and_its_end_with_its_own_number(
    staffed: Database,
) -> None:
    found = exclude(
        staffed, "1001", kind="試験用", first=FIRST, last=None, reason="動作確認", by=OPERATOR_ACTOR
    )
    end_exclusion(staffed, found.entry, last=date(2026, 11, 30), by=OPERATOR_ACTOR)
    begun, ended = _told(staffed)
    for words in ("登録番号：1", "登録の種類：除外", "種類：試験用", "開始日：2026-11-01"):
        assert words in begun.split("、")
    assert {"登録番号：2", "登録の種類：除外の終わり", "終了日：2026-11-30"} == set(
        ended.split("、")
    )


def test_an_exclusion_ends_with_the_last_day_on_which_it_holds(staffed: Database) -> None:
    exclude(staffed, "1001", kind="test", first=FIRST, last=FIRST, reason="確認", by=OPERATOR_ACTOR)
    [told] = _told(staffed)
    assert {"開始日：2026-11-01", "終了日：2026-11-01"} < set(told.split("、"))


def test_where_a_log_and_a_role_come_from_is_told_apart() -> None:
    assert detail_words({"source": "gpt", "rows": 3}) == "利用記録の出所：gpt、行数：3"
    assert "役割を決めた所：庁内の認証（LDAP）" in detail_words(
        {"role": "auditor", "section": "", "source": "ldap"}
    )


def test_everything_told_of_usage_is_named_in_japanese(staffed: Database) -> None:
    by = OPERATOR_ACTOR
    exclude(staffed, "1001", kind="test", first=FIRST, last=FIRST, reason="確認", by=by)
    same_person(staffed, "1001", "1002", reason="番号が変わった", by=by)
    decide_official(
        staffed, since=FIRST, method="mean_of_march", reading="sustained",
        source_ids=["chonai"], quotations=True, decision="第1号", by=by,
    )  # fmt: skip
    decide_target(staffed, {2026: 50, 2029: 200}, decision="第2号", by=by)
    keep_remarks(staffed, "2026", {"plan": "案内する。"}, by=by)
    line = LogLine(1, "1001", datetime(2026, 11, 2, 3, tzinfo=UTC))
    import_log(staffed, [line], source="gpt", sha256="0" * 64, by=by)
    told = _told(staffed)
    assert len(told) == 6
    for words in told:
        assert not re.search(r"[A-Za-z_]+：", words.replace("のID：", "：")), words
    official = told[2].split("、")
    assert "方法：3月の週の平均" in official
    assert "数え方：直近4週のすべてで利用した人" in official


def test_a_simulation_is_told_in_japanese(database: Database) -> None:
    simulate(database, weeks=1, staff=10, seed=3, progress=lambda _: None)
    assert _told(database) == ["乱数の種：3、職員数：10、週数：1"]
