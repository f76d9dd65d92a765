"""品質評価 in a real browser: a set is imported, measured, a wrong case looked at, and exported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browser_person import Person
from browser_sites import EVALUATOR, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

CASES = (
    {
        "id": "随契", "question": "少額の随意契約は工事の場合いくらまでですか", "answerable": True,
        "file": "契約事務の手引き.pdf", "page": None, "answer": "200万円",
        "key_facts": ["999万円"],
    },
    {
        "id": "住民票", "question": "住民票の写しは1通いくらですか", "answerable": False,
        "kind": "out_of_scope",
    },
)  # fmt: skip


@pytest.fixture
def question_set(tmp_path: Path) -> Path:
    path = tmp_path / "契約の質問.jsonl"
    path.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in CASES), "utf-8")
    return path


def go_to(person: Person, area: str) -> None:
    """Choose an area of the page and wait until it stands there."""
    person.page.get_by_role("radio", name=area, exact=True).click()
    person.page.get_by_role("heading", name=area, exact=True, level=2).wait_for()


def test_a_set_is_imported_measured_looked_at_and_exported(
    chromium: Any, quoting_site: Site, question_set: Path, tmp_path: Path
) -> None:
    served = quoting_site.server
    someone = Person(chromium, served.url).let_in(served, EVALUATOR)
    someone.open("/quality")
    someone.give_files("質問集のファイル", [question_set])
    someone.page.get_by_role("button", name="取り込む", exact=True).click()
    someone.page.get_by_text("を第1版として取り込みました（承認 2問、下書き 0問）").wait_for()
    go_to(someone, "評価する")
    someone.page.get_by_text("かかる見込みです").wait_for()
    someone.page.get_by_role("button", name="評価を始める").click()
    someone.page.get_by_text("を始めました（2問）").wait_for()
    someone.page.get_by_text("進んでいる評価も、途中の評価もありません。").wait_for()
    someone.page.get_by_role("button", name="結果を開く").click()
    someone.page.get_by_text("2問のうち1問が、自動判定ですべて正しい結果でした").wait_for()
    someone.page.get_by_text("誤りのある質問だけ").click()
    someone.page.get_by_text("2問のうち1問を表示").wait_for()
    someone.page.get_by_role("button", name="次の質問").click()
    differs = "必要な事実「999万円」が回答にありません。"
    someone.page.locator("p.chonai-body", has_text=differs).wait_for()
    assert someone.page.locator("blockquote.chonai-quote").count() > 0
    assert not someone.wide()
    someone.page.set_viewport_size({"width": 390, "height": 900})
    for area in ("質問集", "評価する", "結果を見る", "人の判定"):
        go_to(someone, area)
        assert not someone.wide(), area
    go_to(someone, "結果を見る")
    with someone.page.expect_download() as told:
        someone.page.get_by_role("button", name="結果を Excel で保存する").click()
    saved = tmp_path / "評価.xlsx"
    told.value.save_as(saved)
    book = openpyxl.load_workbook(saved)
    assert book.sheetnames == ["概要", "質問ごと", "条件"]
    assert [row[0].value for row in book["質問ごと"].iter_rows(min_row=2)] == ["随契", "住民票"]
    someone.leave()
