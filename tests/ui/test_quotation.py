from ui.components.quotation import quotation_html


def test_text_is_quoted_as_it_stands_and_is_never_markup() -> None:
    assert quotation_html("一行目。\n<b>二行目</b>") == (
        '<blockquote class="chonai-quote">一行目。<br>&lt;b&gt;二行目&lt;/b&gt;</blockquote>'
    )


def test_a_table_row_is_a_list_of_heads_and_cells() -> None:
    html = quotation_html("区分：日直 ｜ 1回の額（円）：5,400 ｜ 備考：1人につき月1回まで")
    assert html.count("<dt>") == html.count("<dd>") == 3
    assert "<dt>1回の額（円）</dt><dd>5,400</dd>" in html
    assert "｜" not in html


def test_a_cell_without_head_stands_alone_and_a_colon_inside_a_cell_stays() -> None:
    html = quotation_html("第1号 ｜ 例：注意：内線2315")
    assert "<div><dd>第1号</dd></div>" in html
    assert "<dt>例</dt><dd>注意：内線2315</dd>" in html


def test_a_caption_stands_above_its_rows() -> None:
    html = quotation_html("表6 指名する者の数\n予定価格：500万円未満 ｜ 工事：5者以上")
    assert html.index("表6") < html.index("<dl")
    assert "<br>" not in html


def test_a_head_of_several_levels_is_said_once() -> None:
    html = quotation_html(
        "一般客/支出：100 ｜ 一般客/支出/2019年比：+40% ｜ 一般客/人数：5 ｜ 計：105"
    )
    assert html.count("一般客") == 1
    assert '<div class="chonai-sub"><dt>2019年比</dt>' in html
    assert '<div class="chonai-sub"><dt>人数</dt>' in html
    assert "<div><dt>計</dt>" in html


def test_what_was_found_is_set_apart_from_what_stands_around_it() -> None:
    html = quotation_html("前の文。<核>の文。\n後の文。", "<核>の文。")
    assert "前の文。<strong" in html
    assert '<strong class="chonai-core">&lt;核&gt;の文。</strong><br>後の文。' in html
    assert "<strong" not in quotation_html("核の文。", "核の文。")


def test_a_row_that_was_found_is_set_apart_from_its_neighbours() -> None:
    rows = ["区分：工事 ｜ 額：200万円", "区分：物品 ｜ 額：150万円", "区分：借入 ｜ 額：80万円"]
    html = quotation_html("\n".join(rows), rows[1])
    core = html[html.index('<div class="chonai-core">') : html.index("80万円")]
    assert "150万円" in core
    assert "200万円" not in core
    assert html.count("<dl") == 3
