import io
import json

import httpx
import pytest
from pptx import Presentation
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from assistant.domain import Turn
from assistant.errors import UsageError
from assistant.language_model.writer import Limits, Writer, endpoint_model
from eval.benchmarks.peer_tutorial import peer_tutorial
from eval.benchmarks.tutorial_pipeline import (
    INSTRUCTION,
    TutorialPeer,
    peer_result,
    says_unknown,
    texts_of,
)
from eval.sets.question_set import Case

CONTRACTS, LEAVE, NEWS = "契約の手引き.pdf", "休暇の手引き.txt", "庁内報.md"
PAGES = (
    "契約書は二通作り、双方が記名押印して各一通を持ちます。",
    "工事の随意契約の限度額は、予定価格200万円までです。",
)
CASES = [
    {
        "id": "limit",
        "question": "工事の随意契約の限度額はいくらですか",
        "file": CONTRACTS,
        "page": 2,
        "answerable": True,
        "key_facts": ["200万円"],
    },
    {
        "id": "leave",
        "question": "年次有給休暇の届出はいつまでですか",
        "file": LEAVE,
        "page": None,
        "answerable": True,
        "key_facts": ["前日まで"],
    },
    {
        "id": "elsewhere",
        "question": "庁内報の原稿は毎月何日までですか",
        "file": CONTRACTS,  # the right file, but a page that nobody can find
        "page": 9,
        "answerable": True,
        "key_facts": ["15日"],
    },
    {"id": "spa", "question": "週末に家族で行くのにいい温泉ない？", "answerable": False},
]


@pytest.fixture
def documents(tmp_path):
    """Three small documents: a PDF of two pages, a text and a Markdown file."""
    folder = tmp_path / "documents"
    folder.mkdir()
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for page in PAGES:
        canvas.setFont("HeiseiMin-W3", 12)
        canvas.drawString(60, 780, page)
        canvas.showPage()
    canvas.save()
    (folder / CONTRACTS).write_bytes(buffer.getvalue())
    (folder / LEAVE).write_text("年次有給休暇の届出は、休暇の前日までに出します。", "utf-8")
    (folder / NEWS).write_text("# 庁内報\n\n庁内報の原稿は、毎月15日までに送ります。", "utf-8")
    return folder


@pytest.fixture
def questions(tmp_path):
    """Write a question set."""

    def write(*cases):
        path = tmp_path / "small.jsonl"
        path.write_text("\n".join(json.dumps(case) for case in cases), "utf-8")
        return path

    return write


@pytest.fixture
def peer(tmp_path, quick_encoder):
    opened = TutorialPeer(tmp_path / "peer", quick_encoder)
    yield opened
    opened.close()


@pytest.fixture
def filled(peer, documents, settings):
    """The peer with the three documents."""
    for path in sorted(documents.iterdir()):
        peer.ingest(path, settings)
    return peer


@pytest.fixture
def writer(stub):
    limits = Limits(10, 20)
    clients = {
        "http_client": httpx.Client(trust_env=False),
        "http_async_client": httpx.AsyncClient(trust_env=False),
    }
    model = endpoint_model(
        stub.url, stub.model, "", provider="openai", api_version="", limits=limits, **clients
    )
    opened = Writer(
        lambda: model, mode="endpoint", name="stub", limits=limits, at_once=1, evidence_tokens=100
    )
    yield opened
    opened.close()


@pytest.fixture
def with_stub(settings, stub):
    """Settings with which the stub writes."""
    return settings.model_copy(update={"endpoint_url": stub.url, "endpoint_model": stub.model})


def test_hits_are_counted_over_the_answerable_questions(
    documents, questions, settings, quick_encoder
):
    figures = peer_tutorial(
        [documents], [questions(*CASES)], settings=settings, encoder=quick_encoder
    )
    assert figures["files"] == 3
    assert figures["documents"]["peer"] == {"chunks": 4, "rejected": [], "without_text": []}
    assert figures["documents"]["ours"]["rejected"] == []
    for found in figures["sets"]["small"].values():
        assert (found["questions"], found["answerable"]) == (4, 3)
        for cutoff in (1, 4, 5):
            assert found[f"page_hit@{cutoff}"] == pytest.approx(2 / 3, abs=1e-4)
        assert found["search_seconds"]["mean"] > 0


def test_the_peer_finds_the_page_and_no_more_than_it_is_asked_for(filled):
    found = filled.search("工事の随意契約の限度額はいくらですか", limit=2)
    assert len(found) == 2
    assert (found[0].file, found[0].page) == (CONTRACTS, 2)
    assert "200万円" in found[0].text
    (leave,) = filled.search("年次有給休暇の届出はいつまでですか", limit=1)
    assert (leave.file, leave.page) == (LEAVE, None)


def test_long_text_is_cut_as_the_tutorial_cuts_it(tmp_path, peer, settings):
    path = tmp_path / "長い.txt"
    path.write_text("\n".join(f"第{n}項 契約書は二通作ります。" for n in range(200)), "utf-8")
    assert peer.ingest(path, settings) == peer.chunks > 1
    assert all(len(chunk.text) <= 1000 for chunk in peer.search("契約書", limit=99))


def test_a_slide_keeps_its_number(tmp_path, settings):
    deck = Presentation()
    for title in ("参集の基準", "連絡のしかた"):
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = title
    deck.save(tmp_path / "参集.pptx")
    texts = texts_of(tmp_path / "参集.pptx", settings)
    assert [number for number, _ in texts] == [1, 2]
    assert "連絡のしかた" in texts[1][1]


def test_files_that_cannot_be_read_or_hold_no_text_are_named_and_stop_no_other(
    documents, questions, settings, quick_encoder
):
    (documents / "壊れた.pdf").write_bytes(b"%PDF-1.4 broken")
    (documents / "表.xyz").write_bytes(b"x")
    canvas = Canvas(str(documents / "紙.pdf"))
    canvas.showPage()
    canvas.save()
    figures = peer_tutorial(
        [documents], [questions(*CASES)], settings=settings, encoder=quick_encoder, sample=2
    )
    assert figures["documents"]["peer"] == {
        "chunks": 4,
        "rejected": ["壊れた.pdf", "表.xyz"],
        "without_text": ["紙.pdf"],
    }
    assert sorted(figures["documents"]["ours"]["rejected"]) == ["壊れた.pdf", "紙.pdf", "表.xyz"]
    assert {found["questions"] for found in figures["sets"]["small"].values()} == {2}


def test_a_folder_without_documents_is_refused(tmp_path, questions, settings, quick_encoder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="文書がありません"):
        peer_tutorial(
            [tmp_path / "empty"], [questions(*CASES)], settings=settings, encoder=quick_encoder
        )


def test_both_sides_write_with_the_same_model_and_are_judged_alike(
    documents, questions, with_stub, stub, quick_encoder
):
    def writes(prompt):
        if "質問: 週末" in prompt:
            return ["申し訳ありませんが、", "分かりません。"]
        if "質問: 年次" in prompt:
            return ["届出は3日前までです。"]
        return ["200万円までです。"]

    stub.behave(writes)
    figures = peer_tutorial(
        [documents],
        [questions(*CASES[:2], CASES[3])],
        settings=with_stub,
        encoder=quick_encoder,
        modes=("extractive", "endpoint"),
    )["sets"]["small"]
    assert figures["ours"]["extractive"]["modes"] == {"extractive": 3}
    assert figures["ours"]["extractive"]["unanswerable_refused"] == 1.0
    assert figures["ours"]["extractive"]["unsupported_figures"] == 0
    assert "extractive" not in figures["peer"]
    theirs = figures["peer"]["endpoint"]
    assert theirs["modes"] == {"endpoint": 3}
    assert (theirs["answerable_correct"], theirs["unanswerable_refused"]) == (0.5, 1.0)
    assert theirs["correct"] == pytest.approx(2 / 3, abs=1e-4)
    assert theirs["unsupported_figures"] == 1
    assert theirs["errors"] == {}
    assert theirs["seconds"]["mean"] > 0


def test_the_peer_is_asked_the_last_question_with_its_passages(filled, writer, stub):
    stub.behave(lambda _: ["200万円までです。"])
    case = Case("limit", "工事の随意契約の限度額は", True, turns=(Turn("原稿はいつまで"),))
    result = peer_result(filled, case, writer)
    assert (result.outcome, result.text) == ("answered", "200万円までです。")
    system, user = (message["content"] for message in stub.heard.chats[-1]["messages"])
    assert system == INSTRUCTION
    assert all(page in user for page in PAGES)
    assert user.endswith("質問: 工事の随意契約の限度額は")
    assert "原稿はいつまで" not in user


def test_a_text_that_was_cut_short_counts_as_it_was_shown(filled, writer, stub):
    stub.behave(lambda _: ["200万円までで"], ending="at the token limit")
    result = peer_result(filled, Case("limit", "工事の限度額は", True), writer)
    assert (result.outcome, result.text) == ("answered", "200万円までで")
    assert "途中で切れました" in result.error


def test_a_model_that_fails_is_no_refusal(filled, writer, stub):
    stub.behave(chat_status=500)
    result = peer_result(filled, Case("spa", "いい温泉ない？", False), writer)
    assert (result.outcome, result.outcome_right) == ("failed", False)
    assert result.error


def test_without_the_local_model_only_quotations_answer(
    documents, questions, settings, tmp_path, quick_encoder
):
    absent = settings.model_copy(update={"local_model": str(tmp_path / "absent.gguf")})
    figures = peer_tutorial(
        [documents],
        [questions(*CASES)],
        settings=absent,
        encoder=quick_encoder,
        modes=("extractive", "local", "auto"),
    )
    assert "absent.gguf" in figures["not_run"]["local"]
    assert "absent.gguf" in figures["not_run"]["auto"]
    assert "extractive" in figures["sets"]["small"]["ours"]
    assert not {"extractive", "local", "auto"} & set(figures["sets"]["small"]["peer"])


@pytest.mark.parametrize(
    "text",
    [
        "分かりません。",
        "申し訳ありませんが、わからないです。",
        "その点は分からない",
        "コンテキストには、温泉についての情報は含まれていません。",
        "提供されたコンテキストの中に答えは見つかりませんでした。",
        "マニュアルに記載がありません。",
        "具体的な期限は記載されていないため、担当課に聞いてください。",
        "この質問にはお答えすることができません。",
        "上限額は不明です。",
    ],
)
def test_words_that_say_it_does_not_know_are_a_refusal(text):
    assert says_unknown(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "200万円までです。",
        "使い方が分からないときは、総務課に聞いてください。",
        "不明な点は契約検査課（2315）へお問い合わせください。",
        "資料を出す必要はありません。",
        "規定により、届出は必要ありません。",
        "分かりやすく書いてください。",
    ],
)
def test_an_answer_is_no_refusal(text):
    assert not says_unknown(text)
