from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.database import Database
from assistant.japanese.tokens import search_forms
from assistant.search import keyword_index
from assistant.search.keyword_index import KeywordIndex

TEXTS = {
    1: "随意契約の限度額は別表第1のとおりです。",
    2: "見積書は2者以上から徴します。",
    3: "年次有給休暇は20日です。",
    4: "随意契約では見積書を徴します。",
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "chonai.db")
    yield opened
    opened.close()


@pytest.fixture
def index(database: Database) -> KeywordIndex:
    made = KeywordIndex(database)
    with database.write() as connection:
        made.add(connection, TEXTS.items())
    return made


def _keys(index: KeywordIndex, words: str, limit: int = 10) -> list[int]:
    return [key for key, _ in _found(index, words, limit)]


def _found(index: KeywordIndex, words: str, limit: int = 10) -> list[tuple[int, float]]:
    return index.search(index.document_counts(search_forms(words)), limit=limit)


def test_rows_with_more_of_the_words_come_first(index: KeywordIndex) -> None:
    assert _keys(index, "随意契約の見積書")[0] == 4
    assert set(_keys(index, "随意契約の見積書")) == {1, 2, 4}


def test_scores_are_positive_and_fall(index: KeywordIndex) -> None:
    scores = [score for _, score in _found(index, "随意契約 見積書")]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_inflections_and_widths_meet(index: KeywordIndex) -> None:
    assert _keys(index, "徴した")[0] in (2, 4)
    assert _keys(index, "２０日") == [3]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("", id="nothing"),
        pytest.param("。、！", id="marks"),
        pytest.param("存在しない語彙XYZ", id="unknown"),
    ],
)
def test_words_in_no_row_find_nothing(index: KeywordIndex, words: str) -> None:
    assert _keys(index, words) == []


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(form, id=form)
        for form in ('"', '"" OR 随意', "NEAR(随意 契約)", "forms:随意", "-", "a AND NOT")
    ],
)
def test_the_query_language_of_the_index_cannot_be_used(index: KeywordIndex, form: str) -> None:
    assert index.search({form: 1}, limit=10) == []


def test_at_most_the_limit_is_returned(index: KeywordIndex) -> None:
    assert len(_keys(index, "随意契約の見積書", limit=2)) == 2


def test_removed_rows_are_not_found(index: KeywordIndex, database: Database) -> None:
    with database.write() as connection:
        index.remove(connection, [4])
    assert 4 not in _keys(index, "随意契約の見積書")
    with database.read() as connection:
        assert index.keys(connection) == {1, 2, 3}


def test_an_unfinished_change_is_not_kept(index: KeywordIndex, database: Database) -> None:
    def add_and_fail() -> None:
        with database.write() as connection:
            index.add(connection, [(9, "入札保証金")])
            raise KeyError

    with pytest.raises(KeyError):
        add_and_fail()
    assert _keys(index, "入札保証金") == []


def test_rarer_forms_weigh_more(index: KeywordIndex) -> None:
    rarity = index.rarity(index.document_counts(["随意", "休暇", "見つからない語"]))
    assert rarity["随意"] <= rarity["休暇"] <= rarity["見つからない語"]


def test_a_large_index_is_asked_for_the_rarest_words_while_their_rows_are_few(
    database: Database, index: KeywordIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = {key: "届出 申請 契約 検査 支出 物品" for key in range(100, 140)}
    with database.write() as connection:
        index.add(connection, common.items())
    rare, others = search_forms("限度額、休暇"), search_forms("申請、契約、検査、支出、物品")
    counts = index.document_counts([*others, *rare, "見つからない語"])
    assert index._worth_asking(counts) == [*others, *rare]
    monkeypatch.setattr(keyword_index, "_LARGE_INDEX", 10)
    monkeypatch.setattr(keyword_index, "_MOST_ROWS", 50)
    asked = index._worth_asking(counts)
    assert asked[: len(rare)] == rare
    assert len(asked) == len(rare) + 1
    monkeypatch.setattr(keyword_index, "_MOST_ROWS", 0)
    assert index._worth_asking(counts) == rare
