from __future__ import annotations

import pytest

from assistant.errors import UnreadableManual
from ingest.document import Block, ReadDocument
from ingest.readers import read_document

BODY = "<h1>年次有給休暇</h1><p>休暇は1年につき20日です。</p>"


def _read(body: str, *, head: str = "<title>休暇</title>") -> ReadDocument:
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return read_document(page.encode(), "休暇.html")


def _texts(body: str) -> list[str]:
    return [block.text for block in _read(body).blocks if not block.is_table]


def _table(body: str) -> tuple[tuple[str, ...], ...]:
    [table] = [block for block in _read(body).blocks if block.is_table]
    return table.rows


def test_headings_and_paragraphs_are_read_on_one_page_without_a_number() -> None:
    document = _read(BODY + "<h3>手続</h3><p>システムで申請します。</p>")
    assert [(block.text, block.level) for block in document.blocks] == [
        ("年次有給休暇", 1),
        ("休暇は1年につき20日です。", None),
        ("手続", 3),
        ("システムで申請します。", None),
    ]
    [page] = document.pages
    assert (page.number, page.label, page.method) == (None, None, "document")
    assert page.text.startswith("# 年次有給休暇\n休暇は")
    assert document.title == "休暇"


def test_without_a_title_the_first_heading_is_the_title() -> None:
    assert _read(BODY, head="").title == "年次有給休暇"


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        pytest.param("utf-8", '<meta charset="utf-8">', id="UTF-8 declared"),
        pytest.param("utf-8", "", id="UTF-8 detected"),
        pytest.param("utf-8-sig", '<meta charset="shift_jis">', id="the mark wins"),
        pytest.param("utf-16", "", id="UTF-16"),
        pytest.param("cp932", '<meta charset="Shift_JIS">', id="Shift_JIS declared"),
        pytest.param("cp932", "", id="Shift_JIS detected"),
        pytest.param("cp932", '<meta charset="utf-8">', id="declared wrongly"),
        pytest.param("euc_jp", '<meta charset="x-euc-jp">', id="EUC-JP declared"),
        pytest.param("euc_jp", "", id="EUC-JP detected"),
        pytest.param(
            "iso2022_jp",
            '<meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp">',
            id="JIS",
        ),
        pytest.param("cp932", '<meta charset="no-such-code">', id="unknown name"),
    ],
)
def test_the_encodings_of_japanese_pages_are_read(encoding: str, head: str) -> None:
    page = f"<html><head>{head}<title>休暇</title></head><body>{BODY}</body></html>"
    document = read_document(page.encode(encoding), "休暇.htm")
    assert document.blocks[-1].text == "休暇は1年につき20日です。"
    assert document.title == "休暇"


def test_characters_of_windows_are_read_under_the_name_of_the_standard() -> None:
    page = '<meta charset="Shift_JIS"><p>①㈱髙﨑が提出します。</p>'
    assert read_document(page.encode("cp932"), "a.html").blocks[0].text == "①㈱髙﨑が提出します。"


def test_a_few_broken_characters_are_marked_and_said() -> None:
    page = f'<meta charset="utf-8">{BODY * 60}'.encode() + b"<p>\xff</p>"
    document = read_document(page, "a.html")
    assert document.blocks[-1].text == "〓"
    assert document.problems == ["文字コードに合わない文字が 1 か所あり、〓 で示しました。"]


@pytest.mark.parametrize(
    "part",
    [
        "<script>alert('外')</script>",
        "<style>p { color: red }</style>",
        "<template><p>外</p></template>",
        "<noscript>外</noscript>",
        "<nav><ul><li>外</li></ul></nav>",
        "<header><h1>外</h1></header>",
        "<footer>外</footer>",
        "<aside>外</aside>",
        "<form><label>外</label><input value='外'><button>外</button></form>",
        "<p hidden>外</p>",
        "<p style='color: red; display : none'>外</p>",
        "<div aria-hidden='true'>外</div>",
        "<div role='navigation'>外</div>",
        "<svg><text>外</text></svg>",
        "<!-- 外 -->",
        "<select><option>外</option></select>",
    ],
)
def test_what_is_no_content_is_dropped_and_the_text_behind_it_stays(part: str) -> None:
    assert _texts(f"<p>前の文です。</p>{part}後の文です。") == ["前の文です。", "後の文です。"]


def test_the_head_of_an_article_is_content() -> None:
    body = (
        "<header><p>市役所</p></header><main><header><h1>休暇</h1></header><p>文です。</p></main>"
    )
    assert _texts(body) == ["休暇", "文です。"]


def test_a_form_around_the_whole_page_is_the_page() -> None:
    assert _texts(f"<form><input type='hidden'>{BODY}</form>")[-1] == "休暇は1年につき20日です。"


def test_lists_keep_their_lead_in_and_their_marks() -> None:
    body = (
        "<p>次の書類を出します。</p><ul><li>申請書<ol start='3'><li>正本</li><li>副本</li></ol></li>"
        "<li><p>診断書</p><p>写しでもよい。</p></li></ul><ol><li value='5'>承認</li><li>出張</li></ol>"
    )
    assert _texts(body) == [
        "次の書類を出します。",
        "・申請書",
        "3. 正本",
        "4. 副本",
        "・診断書",
        "写しでもよい。",
        "5. 承認",
        "6. 出張",
    ]


def test_items_that_bring_their_own_mark_get_no_other() -> None:
    body = "<ul><li>（1）　申請書</li><li>ア　診断書</li></ul><ol><li>① 承認</li></ol>"
    assert _texts(body) == ["（1）　申請書", "ア　診断書", "① 承認"]


def test_definitions_stand_behind_their_terms() -> None:
    body = (
        "<dl><dt>年度</dt><dd>4月から翌年3月まで</dd><dt>暦年</dt><dt>年</dt><dd>1月から12月まで</dd>"
        "<dt>書類</dt><dd><ul><li>申請書</li></ul></dd><dt>期限<dd>5日前<dd>至急は電話<dt>備考</dl>"
    )
    assert _texts(body) == [
        "年度：4月から翌年3月まで",
        "暦年・年：1月から12月まで",
        "書類：",
        "・申請書",
        "期限：5日前",
        "至急は電話",
        "備考",
    ]


def test_line_breaks_wrapped_source_and_entities_are_read_as_shown() -> None:
    body = "<p>休暇は\n   1年に<b>20日</b>\nです。<br>A &amp; B\n&lt;C&gt;&nbsp;&#x5e02;</p>"
    assert _texts(body) == ["休暇は1年に20日です。", "A & B <C>\u00a0市"]


def test_preformatted_lines_stay_lines() -> None:
    assert _texts("<pre>一行目\n  二行目</pre>") == ["一行目", "二行目"]


def test_readings_above_kanji_are_dropped() -> None:
    body = "<p>次は<ruby>忌引<rp>（</rp><rt>きびき</rt><rp>）</rp></ruby>です。</p>"
    assert _texts(body) == ["次は忌引です。"]


def test_spanned_cells_are_filled_and_heads_of_two_levels_are_joined() -> None:
    rows = _table(
        "<table><thead><tr><th rowspan=2>区分<th colspan=2>日数</tr><tr><th>初年度<th>翌年度</tr>"
        "</thead><tfoot><tr><td>計<td>30日<td>40日</tfoot><tbody><tr><td>常勤<td>20日"
        "<td rowspan=0>20日</tr><tr><td>会計年度<br>任用職員<td>10日</tr></tbody></table>"
    )
    assert rows == (
        ("区分", "日数/初年度", "日数/翌年度"),
        ("常勤", "20日", "20日"),
        ("会計年度\n任用職員", "10日", "20日"),
        ("計", "30日", "40日"),
    )


def test_a_caption_stands_before_its_table() -> None:
    document = _read(
        "<table><caption>表1　日数</caption><tr><th>区分<th>日数</tr><tr><td>常勤<td>20日</tr></table>"
    )
    assert document.blocks == [
        Block("表1　日数"),
        Block("", rows=(("区分", "日数"), ("常勤", "20日"))),
    ]


def test_a_table_whose_rows_have_heads_has_none_above() -> None:
    rows = _table("<table><tr><th>担当<td>総務課</tr><tr><th>内線<td>2121</tr></table>")
    assert rows == (("", ""), ("担当", "総務課"), ("内線", "2121"))


def test_a_row_over_the_whole_table_names_what_follows() -> None:
    body = "<table><tr><th>区分<th>額</tr><tr><td colspan=2>国内</tr><tr><td>課長<td>1</tr></table>"
    assert [(block.text, block.rows) for block in _read(body).blocks] == [
        ("国内", ()),
        ("", (("区分", "額"), ("課長", "1"))),
    ]


def test_a_table_that_arranges_the_page_is_read_as_text() -> None:
    body = (
        "<table><tr><td>メニュー</td><td><h2>休暇</h2><p>休暇は20日です。</p>"
        "<table><tr><th>区分<th>日数</tr><tr><td>常勤<td>20日</tr></table></td></tr></table>"
    )
    document = _read(body)
    assert [block.text for block in document.blocks[:3]] == ["メニュー", "休暇", "休暇は20日です。"]
    assert document.blocks[3].rows == (("区分", "日数"), ("常勤", "20日"))


def test_spans_without_end_do_no_harm() -> None:
    cells = "<td colspan=999999999 rowspan=999999999>値です。</td>" * 1000
    texts = _texts(f"<table>{'<tr>' + cells + '</tr>'}</table>")
    assert texts == ["値です。"] * 1000


def test_entities_of_a_document_type_are_never_loaded(shared_secret: str) -> None:
    page = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{shared_secret}">]>'
        f'<html><body>{BODY}<p>&x;</p><img src="http://192.0.2.1/a.png">'
        '<link rel="stylesheet" href="http://192.0.2.1/a.css"></body></html>'
    )
    document = read_document(page.encode(), "休暇.html")
    assert "秘密" not in document.pages[0].text


@pytest.fixture
def shared_secret(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("secret") / "secret.txt"
    path.write_text("秘密", "utf-8")
    return path.as_uri()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<title>404 Not Found</title><h1>Not Found</h1><hr>nginx", id="404"),
        pytest.param("<h1>ページが見つかりません</h1><p>移動したか削除されました。</p>", id="gone"),
        pytest.param("<p>ただいまメンテナンス中です。</p>", id="maintenance"),
        pytest.param(
            "<title>庁内ポータル</title><h1>ようこそ</h1><form><label>職員番号<input></label>"
            "<label>暗証<input type='Password'></label><button>入る</button></form>",
            id="sign-in",
        ),
    ],
)
def test_an_error_page_or_sign_in_form_is_refused_with_the_next_step(page: str) -> None:
    with pytest.raises(UnreadableManual, match=r"エラー画面かログイン画面.*保存し直してください"):
        read_document(page.encode(), "手引き.html")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<html><body></body></html>", id="no text"),
        pytest.param("<script>render()</script><div id='app'></div>", id="made by a script"),
        pytest.param("<!-- x -->", id="comment"),
        pytest.param("<body>" + "<div>" * 20_000 + "文", id="nested without end"),
    ],
)
def test_a_page_without_text_says_what_to_do(page: str) -> None:
    with pytest.raises(UnreadableManual, match=r"ウェブページです。.*PDF に保存して"):
        read_document(page.encode(), "手引き.html")


def test_a_short_page_that_speaks_of_errors_is_content() -> None:
    body = (
        "<h1>番号500の様式</h1>" + "<p>様式が見つかりませんときは総務課に問い合わせます。</p>" * 4
    )
    assert len(_texts(body)) == 5


def test_boxes_beside_the_text_of_an_article_are_read() -> None:
    box = "<aside><p>【よくある誤り】前年の名簿を使う例があります。</p></aside>"
    links = '<aside>関連<a href="/a">申請書の様式の一覧</a></aside>'
    assert (
        _texts(f"<main>{BODY}{box}{links}</main>")[-1]
        == "【よくある誤り】前年の名簿を使う例があります。"
    )
