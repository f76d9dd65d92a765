from __future__ import annotations

import pytest

from assistant.domain import Reader
from assistant.errors import UsageError
from assistant.people.access import OPERATOR, audience_words, checked_audience, may_read
from assistant.people.roles import ROLE_WORDS, RoleGrant, checked_grant, tasks_of

SOUMU = Reader("1", "総務課", groups=("文書担当",), roles=("staff", "auditor"))
OTHER = Reader("2", "契約課")


@pytest.mark.parametrize(
    ("audience", "soumu", "other"),
    [
        ("everyone", True, True),
        ("", True, True),
        ("section:総務課", True, False),
        ("section:契約課,section:総務課", True, True),
        ("section:総務", False, False),
        ("group:文書担当", True, False),
        ("role:auditor", True, False),
        ("role:staff", True, True),
        ("section: 総務課 , role:editor", True, False),
        ("総務課", False, False),
        ("section:", False, False),
        ("group:総務課", False, False),
    ],
)
def test_an_audience_includes_those_it_names(audience: str, soumu: bool, other: bool) -> None:
    assert (may_read(audience, SOUMU), may_read(audience, OTHER)) == (soumu, other)
    assert may_read(audience, OPERATOR)


def test_somebody_without_a_section_is_in_no_section() -> None:
    assert not may_read("section:,section:None", Reader("3", None))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", "everyone"),
        ("everyone", "everyone"),
        (" section: 総務課 、group:文書担当,section:総務課", "section:総務課,group:文書担当"),
    ],
)
def test_an_audience_is_kept_in_one_spelling(given: str, kept: str) -> None:
    assert checked_audience(given) == kept


@pytest.mark.parametrize(
    "given", ["総務課", "section:", "role:mayor", "everyone,section:総務課", "?"]
)
def test_an_audience_that_cannot_be_meant_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match=r"閲覧範囲.*書いてください"):
        checked_audience(given)


def test_an_audience_is_said_as_people_say_it() -> None:
    assert audience_words("everyone") == "全員"
    assert audience_words("section:総務課,group:文書担当,role:auditor") == (
        "総務課、グループ「文書担当」、監査担当"
    )


def test_an_auditor_changes_nothing_and_only_an_administrator_manages_people() -> None:
    changing = {"manage_manuals", "manage_all_manuals", "manage_people", "evaluate"}
    assert not tasks_of((RoleGrant("staff"), RoleGrant("auditor"))) & changing
    managing = [role for role in ROLE_WORDS if "manage_people" in tasks_of((RoleGrant(role),))]
    assert managing == ["administrator"]


def test_roles_are_given_by_either_name_and_some_need_a_section() -> None:
    assert checked_grant("編集者", " 総務課 ") == RoleGrant("editor", "総務課")
    assert checked_grant("auditor", "総務課") == RoleGrant("auditor")
    for role, section in (("editor", ""), ("leader", " "), ("staff", ""), ("mayor", "")):
        with pytest.raises(UsageError):
            checked_grant(role, section)
