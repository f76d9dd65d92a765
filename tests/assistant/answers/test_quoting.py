from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.answers.evidence import ScoredSentence, in_order, scored_sentences
from assistant.answers.quoting import choose_passages
from assistant.domain import Chunk, ChunkKind, RetrievedChunk, Source, Span
from assistant.japanese.tokens import search_forms
from assistant.search.sentence_match import SentenceMatch


def _hit(
    sentences: Sequence[str],
    *,
    kind: ChunkKind = "text",
    name: str = "a",
    page: int | None = None,
) -> RetrievedChunk:
    """Return a chunk of these sentences, each on a page of its own unless all are on `page`."""
    text, spans = "", []
    for number, sentence in enumerate(sentences, 1):
        own = page or number
        gap = "\n" if text else ""
        spans.append(Span(len(text) + len(gap), len(text) + len(gap) + len(sentence), own))
        text += gap + sentence
    chunk = Chunk(name, "v", 0, ("第1章",), 1, len(spans), kind, text, "0" * 64, tuple(spans))
    source = Source("m", "手引き", "契約", "契約検査課", "2315", "v", 1, "手引き.pdf", None)
    return RetrievedChunk(chunk, source, 1.0, {}, 0, "i")


def _scored(*places: tuple[int, int, float]) -> list[ScoredSentence]:
    return [ScoredSentence(rank, position, cosine, 0.0, False) for rank, position, cosine in places]


def _quotes(found: list[RetrievedChunk], scored: list[ScoredSentence]) -> list[str]:
    return [passage.citation.quote for passage in choose_passages(found, scored)]


def test_passages_are_numbered_from_the_best() -> None:
    found = [
        _hit(["一つ目の文は契約について述べます。"]),
        _hit(["二つ目の文は検査について述べます。"]),
    ]
    passages = choose_passages(found, _scored((1, 0, 0.9), (0, 0, 0.89)))
    assert [(p.citation.marker, p.citation.quote[:2]) for p in passages] == [
        (1, "二つ"),
        (2, "一つ"),
    ]


def test_a_list_is_quoted_with_its_items() -> None:
    hit = _hit(
        ["次のときは、1者から徴すれば足ります。", "ア　1者に限られるとき", "イ　時間がないとき"]
    )
    assert _quotes([hit], _scored((0, 0, 0.9))) == [hit.chunk.text]


def test_a_list_too_long_to_quote_stops_at_an_item() -> None:
    items = [f"項目{n}は、" + "長い説明が続きます" * 8 + "。" for n in range(9)]
    hit = _hit(["次のとおりです。", *items])
    [quote] = _quotes([hit], _scored((0, 0, 0.9)))
    assert "項目0" in quote
    assert len(quote) < 400
    assert quote.endswith("。")


@pytest.mark.parametrize(
    "leaning",
    [
        pytest.param("ただし、急病のときはこの限りでありません。", id="ただし"),
        pytest.param("この場合は、所属長の承認を受けます。", id="この場合"),
        pytest.param("なお、様式は庁内ポータルにあります。", id="なお"),
        pytest.param("以上です。", id="short"),
    ],
)
def test_a_sentence_that_leans_back_is_quoted_with_the_one_before(leaning: str) -> None:
    hit = _hit(["前日の正午までに庶務事務システムで申請します。", leaning])
    assert _quotes([hit], _scored((0, 1, 0.9))) == [hit.chunk.text]


def test_a_row_of_a_table_is_quoted_alone() -> None:
    rows = [
        "契約：工事 ｜ 課長：300万円以下",
        "契約：委託 ｜ 課長：100万円以下",
        "この：行 ｜ 次の表：x",
    ]
    hit = _hit(rows, kind="table")
    assert _quotes([hit], _scored((0, 1, 0.9))) == [rows[1]]
    assert _quotes([hit], _scored((0, 2, 0.9))) == [rows[2]]


def test_at_most_two_come_from_one_chunk_and_three_in_all() -> None:
    long = [f"{n}番目の文は契約の手続について述べています。" for n in range(5)]
    others = (["休暇の届出は所属長に出します。"], ["車両は管財課が貸し出します。"])
    found = [_hit(long), _hit(others[0], name="b"), _hit(others[1], name="c")]
    scored = _scored((0, 0, 0.9), (0, 1, 0.9), (0, 2, 0.9), (1, 0, 0.9), (2, 0, 0.9))
    passages = choose_passages(found, scored)
    assert [p.citation.chunk_id for p in passages] == ["a", "a", "b"]


def test_the_same_words_are_not_quoted_twice() -> None:
    hit = _hit(
        ["申請は前日の正午までに庶務事務システムで行います。", "ただし、急病のときは電話でします。"]
    )
    quotes = _quotes([hit], _scored((0, 1, 0.9), (0, 0, 0.9)))
    assert quotes == [hit.chunk.text]


def test_what_is_much_farther_than_the_best_is_left_out() -> None:
    found = [
        _hit(["近い文は契約について述べています。"]),
        _hit(["遠い文は休暇について述べています。"]),
    ]
    assert len(_quotes(found, _scored((0, 0, 0.90), (1, 0, 0.80)))) == 1


def test_nothing_scored_gives_no_passage() -> None:
    assert choose_passages([_hit(["文"])], []) == []


def test_a_citation_names_the_page_where_the_quotation_begins() -> None:
    hit = _hit(["一ページ目の文は契約について述べます。", "二ページ目の文は検査について述べます。"])
    first, second = (choose_passages([hit], _scored((0, n, 0.9)))[0].citation for n in (0, 1))
    assert (first.page, first.label, second.page, second.label) == (1, "i", 2, None)
    assert (first.manual, first.owner_extension) == ("手引き", "2315")


def test_the_context_holds_the_quotation_and_its_neighbours() -> None:
    hit = _hit([f"{n}番目の文は契約の手続について述べています。" for n in range(40)])
    [passage] = choose_passages([hit], _scored((0, 20, 0.9)))
    assert passage.citation.quote in passage.context
    assert "19番目" in passage.context
    assert "21番目" in passage.context
    assert len(passage.context) < 350


def test_a_caption_is_quoted_with_the_rows_below_it() -> None:
    rows = [
        "表6 指名する者の数",
        "価格：500万円未満 ｜ 工事：5者",
        "価格：500万円以上 ｜ 工事：7者",
    ]
    hit = _hit(rows, kind="table")
    assert _quotes([hit], _scored((0, 0, 0.9))) == [hit.chunk.text]
    assert _quotes([hit], _scored((0, 1, 0.9))) == [rows[1]]


def test_a_kind_that_leads_orders_what_is_quoted_and_chooses_nothing() -> None:
    found = [_hit([f"{name}文目は契約について述べます。"]) for name in ("一", "二", "三", "四")]
    scored = _scored((0, 0, 0.9), (1, 0, 0.898), (2, 0, 0.896), (3, 0, 0.894))
    led = [replace(one, leads=one.rank in (2, 3)) for one in scored]
    assert [quote[:1] for quote in _quotes(found, led)] == ["三", "一", "二"]


def test_a_kind_told_in_words_chooses_among_the_near_ones_only() -> None:
    found = [
        _hit([f"{name}文目は契約について述べます。"]) for name in ("一", "二", "三", "四", "五")
    ]
    scored = _scored(*((rank, 0, 0.9 - 0.001 * rank) for rank in range(4)), (4, 0, 0.8))
    told = in_order(replace(one, tells_kind=one.rank in (3, 4)) for one in scored)
    assert [quote[:1] for quote in _quotes(found, told)] == ["四", "一", "二"]


def test_a_quotation_takes_in_its_neighbours_on_the_page_while_they_are_short() -> None:
    hit = _hit([f"{n}番目の文は契約の手続について述べています。" for n in range(40)], page=7)
    [citation] = [p.citation for p in choose_passages([hit], _scored((0, 20, 0.9)))]
    assert citation.core == hit.chunk.sentences()[20]
    assert citation.core in citation.quote
    assert "19番目" in citation.quote
    assert "21番目" in citation.quote
    assert len(citation.quote) <= 280
    assert citation.page == 7


def test_what_stands_on_another_page_is_no_neighbour() -> None:
    hit = _hit(["前のページの文は契約について述べます。", "この文は検査について述べています。"])
    [citation] = [p.citation for p in choose_passages([hit], _scored((0, 1, 0.9)))]
    assert citation.quote == citation.core == hit.chunk.sentences()[1]


def test_two_quotations_of_a_chunk_share_no_sentence() -> None:
    hit = _hit([f"{n}番目の文は契約の手続について述べています。" for n in range(30)], page=1)
    quotes = _quotes([hit], _scored((0, 5, 0.9), (0, 20, 0.9)))
    assert len(quotes) == 2
    assert not set(quotes[0].split("\n")) & set(quotes[1].split("\n"))


ROWS = (
    "表1 限度額",
    "区分：工事 ｜ 額：200万円",
    "区分：物品 ｜ 額：150万円",
    "区分：借入 ｜ 額：80万円",
)


def test_a_row_that_the_question_tells_apart_is_quoted_alone() -> None:
    hit = _hit(ROWS, kind="table", page=3)
    scored = [ScoredSentence(0, n, 0.9 - 0.01 * n, float(n == 2), False) for n in range(4)]
    best = in_order(scored)
    assert _quotes([hit], best)[0] == ROWS[2]


def test_a_row_like_the_others_is_quoted_with_them() -> None:
    hit = _hit(ROWS, kind="table", page=3)
    scored = [ScoredSentence(0, n, 0.9 - 0.01 * (n != 2), 0.5, False) for n in range(4)]
    [passage] = choose_passages([hit], in_order(scored))
    assert passage.citation.core == ROWS[2]
    assert passage.citation.quote == hit.chunk.text


def test_what_two_manuals_say_in_the_same_words_is_quoted_once() -> None:
    found = [
        _hit(["工事代金は40日以内、その他の給付の代金は30日以内に支払います。"]),
        _hit(["工事代金は40日以内、その他の代金は30日以内に支払う。"], name="b"),
        _hit(["工事代金の請求書は、会計課の審査係に回します。"], name="c"),
    ]
    passages = choose_passages(found, _scored((0, 0, 0.9), (1, 0, 0.89), (2, 0, 0.88)))
    assert [passage.citation.chunk_id for passage in passages] == ["a", "c"]


def test_of_what_is_quoted_the_named_case_comes_first() -> None:
    question = "予定価格500万円未満の場合、指名競争入札では何者を指名しますか"
    rows = ["予定価格：1,000万円未満 ｜ 者数：7者以上", "予定価格：500万円未満 ｜ 者数：5者以上"]
    match = SentenceMatch(search_forms(question), {}, question)
    found = [_hit([row], kind="table", name=str(n)) for n, row in enumerate(rows)]
    scored = scored_sentences(found, [[0.9], [0.89]], match)
    assert _quotes(found, scored) == rows[::-1]
    unnamed = SentenceMatch(search_forms(question[13:]), {}, question[13:])
    assert _quotes(found, scored_sentences(found, [[0.9], [0.89]], unnamed)) == rows
