"""Words are proposed, tried and decided, each step in the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.records import AuditFilter, read_events
from assistant.people.audit.trail import Actor
from assistant.understanding.glossary import Entry, Glossary, TriedGlossary
from assistant.understanding.proposals import (
    Proposals,
    checked_entry,
)

CLERK, EDITOR = Actor("1003", "佐藤 花子"), Actor("1002", "鈴木 一郎")
WORD = Entry("プロポ", "プロポーザル方式")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "chonai.db")
    yield opened
    opened.close()


@pytest.fixture
def proposals(database: Database) -> Proposals:
    return Proposals(database)


def _trail(database: Database) -> list[tuple[str, str, str]]:
    events = read_events(database, AuditFilter(), limit=20)
    return [(e.action, e.actor, e.subject) for e in reversed(events)]


def test_a_proposal_is_no_word_of_the_glossary_yet(
    proposals: Proposals, database: Database
) -> None:
    proposal = proposals.propose(WORD, note="よく聞かれる", by=CLERK)
    assert (proposal.state, proposal.proposed_by_name) == ("proposed", CLERK.name)
    assert Glossary(database).meanings("プロポの進め方") == []


def test_an_accepted_word_is_found_at_once(proposals: Proposals, database: Database) -> None:
    proposal = proposals.propose(WORD, by=CLERK)
    proposals.keep_trial(proposal.id, {"words": "質問3件のうち1件に影響。"})
    accepted = proposals.accept(proposal.id, reason="", by=EDITOR)
    assert (accepted.state, accepted.decided_by_name) == ("accepted", EDITOR.name)
    assert Glossary(database).meanings("プロポの進め方") == ["プロポーザル方式"]
    assert _trail(database) == [
        ("glossary.propose", "1003", "プロポ"),
        ("glossary.accept", "1002", "プロポ"),
    ]


def test_a_declined_word_keeps_its_reason(proposals: Proposals, database: Database) -> None:
    proposal = proposals.propose(WORD, by=CLERK)
    with pytest.raises(UsageError, match="理由"):
        proposals.decline(proposal.id, reason=" ", by=EDITOR)
    assert proposals.decline(proposal.id, reason="意味が広い", by=EDITOR).reason == "意味が広い"
    assert Glossary(database).meanings("プロポの進め方") == []


def test_what_has_been_decided_is_decided(proposals: Proposals) -> None:
    proposal = proposals.propose(WORD, by=CLERK)
    proposals.accept(proposal.id, reason="", by=EDITOR)
    for again in (
        lambda: proposals.accept(proposal.id, reason="", by=EDITOR),
        lambda: proposals.decline(proposal.id, reason="やめる", by=EDITOR),
        lambda: proposals.keep_trial(proposal.id, {}),
        lambda: proposals.propose(WORD, by=CLERK),
    ):
        with pytest.raises(UsageError, match="すでに"):
            again()


def test_the_same_word_is_proposed_once(proposals: Proposals) -> None:
    proposals.propose(WORD, by=CLERK)
    with pytest.raises(UsageError, match="すでに提案"):
        proposals.propose(Entry("ﾌﾟﾛﾎﾟ", "プロポーザル方式"), by=EDITOR)


def test_a_removed_term_is_gone_with_all_it_stood_for(
    proposals: Proposals, database: Database
) -> None:
    gone = proposals.remove("残業", reason="別の言い方をする", by=EDITOR)
    assert gone == [Entry("残業", "時間外勤務")]
    assert Glossary(database).meanings("残業は何時間まで") == []
    with pytest.raises(UsageError, match="ありません"):
        proposals.remove("残業", reason="もう一度", by=EDITOR)
    assert _trail(database) == [("glossary.remove", "1002", "残業")]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param(Entry("", "年次有給休暇"), "空です", id="no term"),
        pytest.param(Entry("年休", " 、 "), "空です", id="no meaning"),
        pytest.param(Entry("休", "休暇"), "1文字", id="one letter"),
        pytest.param(Entry("休暇", "休暇、病気休暇"), "同じ", id="its own meaning"),
        pytest.param(Entry("あ" * 41, "休暇"), "40文字まで", id="too long"),
        pytest.param(Entry("年\u200b休", "休暇"), "目に見えない", id="invisible"),
    ],
)
def test_what_cannot_be_an_entry_is_refused_with_the_reason(entry: Entry, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        checked_entry(entry)


def test_several_meanings_are_parted_in_one_way() -> None:
    entry = checked_entry(Entry(" 随契 ", "随意契約,特命 、 一者随意契約"))
    assert entry == Entry("随契", "随意契約、特命、一者随意契約")


def test_many_words_are_proposed_at_once_each_only_once(proposals: Proposals) -> None:
    words = [WORD, Entry("残業", "時間外勤務"), WORD]
    assert [p.entry for p in proposals.propose_all(words, by=EDITOR)] == [WORD]
    assert proposals.propose_all(words, by=EDITOR) == []


def test_a_word_can_be_tried_without_being_kept(database: Database) -> None:
    tried = TriedGlossary(database, WORD)
    assert tried.meanings("プロポの進め方") == ["プロポーザル方式"]
    assert Glossary(database).meanings("プロポの進め方") == []
