from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from signed_in import person
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.domain import Reader
from assistant.errors import UnreadableManual
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant
from ingest.incoming import Incoming
from ingest.manual_sheet import SheetRow
from ingest.pdf_pictures import PageNumberError, marked_page_png
from ingest.pipeline import ingest_file
from ingest.quote_matching import find_spans, folded_with_index, printed_words
from ui.components.marked_text import marked_html
from ui.serving import originals, page_pictures
from ui.serving.gate import USER_HEADER
from ui.serving.page_pictures import PagePictures, page_url

YELLOW = (255, 235, 59)


def _yellow_rows(png: bytes) -> list[int]:
    image = Image.open(io.BytesIO(png)).convert("RGB")
    near = [
        y
        for y in range(image.height)
        if any(
            max(abs(a - b) for a, b in zip(image.getpixel((x, y)), YELLOW, strict=True)) < 25
            for x in range(0, image.width, 4)
        )
    ]
    return near


def test_a_quotation_over_two_lines_is_marked_on_both(pdf: Path, two_lines: str) -> None:
    picture = marked_page_png(pdf, 1, [two_lines])
    assert picture.marked == 2
    image = Image.open(io.BytesIO(picture.png))
    assert image.width == 1000
    rows = _yellow_rows(picture.png)
    line_height = 24 * 1000 / 595.3
    top = (842 - 760 + 24) * 1000 / 595.3
    assert top - line_height < min(rows) < top
    assert top < max(rows) < top + 1.3 * line_height
    assert picture.first_mark == pytest.approx(min(rows) / image.height, abs=0.01)


def test_words_that_are_not_on_the_page_leave_it_unmarked(pdf: Path) -> None:
    picture = marked_page_png(pdf, 1, ["休暇届は総務課に提出してください。以上のとおり。"])
    assert picture.marked == 0
    assert picture.first_mark is None
    assert _yellow_rows(picture.png) == []


def test_several_quotations_are_marked(pdf: Path, lines: Any) -> None:
    assert marked_page_png(pdf, 1, [lines[0], lines[3]]).marked == 2


def test_a_page_beyond_the_file_is_an_error(pdf: Path) -> None:
    for number in (0, 3, -1):
        with pytest.raises(PageNumberError):
            marked_page_png(pdf, number, [])


def test_a_damaged_file_is_said_to_be_unreadable(tmp_path: Path) -> None:
    damaged = tmp_path / "壊れた.pdf"
    damaged.write_bytes(b"%PDF-1.7 rubbish")
    with pytest.raises(UnreadableManual, match=r"壊れた\.pdf"):
        marked_page_png(damaged, 1, [])


def test_twelve_threads_draw_at_once(pdf: Path, two_lines: str) -> None:
    def draw(turn: int) -> int:
        return marked_page_png(pdf, 1 + turn % 2, [two_lines], width=300).marked

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(draw, range(60))) == [2, 0] * 30


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        (
            "前文１３０万円を\n超えない工事後文",
            "130万円を超えない工事",
            ["１３０万円を\n超えない工事"],
        ),
        ("⻑の承認を受ける。", "長の承認を受ける。", ["⻑の承認を受ける。"]),
        ("ｶﾞｽ料金の支払", "ガス料金", ["ｶﾞｽ料金"]),
        ("サーバ―の設定をする", "サーバーの設定", ["サーバ―の設定"]),
        ("まったく別の文が続くだけ。", "見積書は二人以上の者から徴する。", []),
    ],
    ids=["full width and line end", "radical", "half-width kana", "dash for long vowel", "absent"],
)
def test_quotations_are_found_however_they_are_written(
    text: str, quote: str, found: list[str]
) -> None:
    folded, origin = folded_with_index(list(text))
    spans = find_spans(folded, folded_with_index(list(quote))[0])
    assert [text[origin[a] : origin[b - 1] + 1] for a, b in spans] == found


def test_a_table_row_is_looked_for_without_the_heads_of_its_columns() -> None:
    assert printed_words("区分：委託 ｜ 限度額：50万円 ｜ 備考：第3号：別表") == [
        "委託50万円第3号：別表"
    ]
    assert printed_words("担当：総務課に届け出る。") == ["担当：総務課に届け出る。"]


def test_a_quotation_with_ruby_between_is_found_in_pieces() -> None:
    quote = "見積書は、二人以上の者から徴しなければならない。"
    text = "前。見積書は、二人以上の者から徴（ちょう）しなければならない。後。"
    assert "".join(text[a:b] for a, b in find_spans(text, quote)) == quote


def test_the_part_of_a_quotation_beside_a_page_break_is_found() -> None:
    quote = "契約担当者は、契約を締結しようとするときは、契約書を二通作成しなければならない。"
    head, tail = quote[:20], quote[20:]
    page, next_page = "い" * 300 + head + "-12-", "手引き-13-" + tail + "う" * 300
    assert [page[a:b] for a, b in find_spans(page, quote)] == [head]
    assert [next_page[a:b] for a, b in find_spans(next_page, quote)] == [tail]


def test_marked_text_escapes_everything_and_marks_the_quotation() -> None:
    html, found = marked_html(
        "<b>一</b>\n二人以上の\n者から徴する。$x$", "二人以上の者から徴する。"
    )
    assert found
    assert "<mark>二人以上の\n者から徴する。</mark>" in html
    assert "&lt;b&gt;一&lt;/b&gt;" in html


def test_text_without_the_quotation_is_said_to_be_unmarked() -> None:
    html, found = marked_html("本文", "どこにもない引用です。")
    assert not found
    assert "<mark>" not in html


def test_pictures_are_kept_until_there_are_too_many(pdf: Path, two_lines: str) -> None:
    pictures = PagePictures(kept=2)
    first = pictures.picture(pdf, "sha", 1, "")
    assert pictures.picture(pdf, "sha", 1, "") is first
    pictures.picture(pdf, "sha", 2, "")
    pictures.picture(pdf, "sha", 1, two_lines)
    assert pictures.picture(pdf, "sha", 1, "") is not first


def _get(path: str, user: str = "local") -> object:
    app = Starlette(routes=[Route(page_pictures.ROUTE, page_pictures.page_picture)])
    return TestClient(app).get(path, headers={USER_HEADER: user})


def _with_answer(written: Any, an_answer: Any) -> None:
    written.desk.coming = [[{"state": "answered", "answer": an_answer()}]]
    written.desk.ask(
        "随意契約は", reader=Reader("local"), browser_session="", conversation_id=None, as_of=None
    )
    list(written.desk.follow("answer1", reader=Reader("local")))


def test_the_route_marks_the_words_of_the_citation(written: Any, an_answer: Any) -> None:
    _with_answer(written, an_answer)
    answer = _get(page_url("v1", 1, "answer1.1"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-chonai-marked"] == "2"
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("citation", ["", "answer1.9", "answer9.1", "answer1", ".1", "x.y.z"])
def test_an_unknown_citation_gives_the_page_unmarked(
    written: Any, an_answer: Any, citation: str
) -> None:
    _with_answer(written, an_answer)
    answer = _get(page_url("v1", 1, citation))
    assert answer.status_code == 200
    assert answer.headers["x-chonai-marked"] == "0"


@pytest.mark.parametrize(
    ("path", "user"),
    [
        ("/pages/v1/3.png", "local"),
        ("/pages/v1/0.png", "local"),
        ("/pages/nothing/1.png", "local"),
        ("/pages/v2/1.png", "local"),
        ("/pages/v1/1.png", "stranger"),
        ("/pages/v1/one.png", "local"),
        ("/pages/..%2fv1/1.png", "local"),
    ],
)
def test_what_is_not_there_or_not_allowed_is_not_found(written: Any, path: str, user: str) -> None:
    assert _get(path, user).status_code == 404


def _draft(running: Assistant, pdf: Path, folder: Path) -> str:
    """Bring a PDF of the section 総務課 into the library as a draft; return its version id."""
    path = folder / "旅費.pdf"
    path.write_bytes(pdf.read_bytes())
    row = SheetRow(owner_section="総務課")
    result = ingest_file(running, Incoming(path, path.name, row, as_draft=True))
    assert result.state == "draft", result
    return result.version_id


def test_a_draft_is_drawn_for_its_keepers_only(
    running: Assistant, pdf: Path, tmp_path: Path
) -> None:
    version = _draft(running, pdf, tmp_path)
    keeper = person(running, "2002", RoleGrant("editor", "総務課"))
    manager = person(running, "1001", RoleGrant("administrator"))
    for member in (keeper, manager):
        assert _get(page_url(version, 1), member.person_id).status_code == 200
        assert _get(page_url(version, 9), member.person_id).status_code == 404
    others = [
        person(running, "3003"),
        person(running, "4004", RoleGrant("editor", "契約課")),
        person(running, "5005", RoleGrant("auditor")),
    ]
    for member in others:
        answer, nothing = (_get(page_url(v, 1), member.person_id) for v in (version, "0" * 16))
        assert (answer.status_code, answer.content) == (404, nothing.content)


def test_the_original_of_a_draft_is_given_to_its_keepers_only(
    running: Assistant, pdf: Path, tmp_path: Path
) -> None:
    version = _draft(running, pdf, tmp_path)
    keeper = person(running, "2002", RoleGrant("editor", "総務課"))
    reader, other = person(running, "3003"), person(running, "4004", RoleGrant("editor", "契約課"))
    app = TestClient(Starlette(routes=[Route(originals.ROUTE, originals.original)]))

    def ask(member: Member) -> Any:
        url = originals.original_url(version)
        return app.get(url, headers={USER_HEADER: member.person_id})

    assert ask(keeper).content == pdf.read_bytes()
    assert [ask(member).status_code for member in (reader, other)] == [404, 404]
    running.lifecycle.release(version, by=OPERATOR_ACTOR)
    assert [ask(member).status_code for member in (reader, other)] == [200, 200]
    running.lifecycle.withdraw(
        running.library.version(version, reader=OPERATOR).manual.id, by=OPERATOR_ACTOR
    )
    assert [ask(member).status_code for member in (keeper, reader, other)] == [200, 404, 404]
    running.accounts.revoke("2002", RoleGrant("editor", "総務課"), by=OPERATOR_ACTOR)
    assert ask(keeper).status_code == 404
