from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from assistant import tables
from assistant.database import Database
from assistant.understanding.glossary import Glossary


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "chonai.db")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "meanings"),
    [
        pytest.param("有休は何日ですか", ["年次有給休暇"], id="abbreviation"),
        pytest.param("随契の限度額", ["随意契約"], id="another"),
        pytest.param("随契で相見積もりは何者か", ["見積合せ", "随意契約"], id="two"),
        pytest.param("有休（年次有給休暇）は何日ですか", [], id="already said"),
        pytest.param("決裁区分を知りたい", [], id="none"),
        pytest.param("ｱﾙﾊﾞｲﾄをしてよいか", ["兼業"], id="half width"),
        pytest.param("副業は何時間まで", ["兼業", "営利企業への従事"], id="two meanings"),
        pytest.param("副業の兼業許可", ["営利企業への従事"], id="one of two said"),
        pytest.param("1日当たりの額", ["1日につき"], id="guarded by a longer word"),
        pytest.param("How many days of paid leave?", ["年次有給休暇"], id="English"),
        pytest.param("Business trips abroad", ["出張", "旅行命令"], id="an English plural"),
        pytest.param("forbidden", [], id="inside an English word"),
        pytest.param("", [], id="empty"),
    ],
)
def test_everyday_words_become_terms_of_the_manuals(
    database: Database, question: str, meanings: list[str]
) -> None:
    assert sorted(Glossary(database).meanings(question)) == sorted(meanings)


def test_a_term_inside_a_longer_one_is_passed_over(database: Database) -> None:
    found = Glossary(database).meanings("相見積もりをとる")
    assert found == ["見積合せ"]


def test_a_new_term_is_known_at_once(database: Database) -> None:
    glossary = Glossary(database)
    with database.write() as connection:
        connection.execute(insert(tables.glossary), {"term": "プロポ", "meaning": "プロポーザル"})
    assert glossary.meanings("プロポの進め方") == ["プロポーザル"]
