from pathlib import Path

import pytest

from eval.judged_corpus import JudgedCorpus, read_judged_corpus
from eval.retrieval import evaluate_retrieval, evaluate_signals, retrieval_report
from ingest.pipeline import TextDocument

SHARED = Path(__file__).parents[3] / "shared" / "data" / "retrieval"
CORPUS = [
    {
        "id": "contract",
        "title": "随意契約",
        "text": "工事の随意契約の限度額は200万円です。\n見積書は二者以上から徴します。",
    },
    {"id": "leave", "title": "年次有給休暇", "text": "年次有給休暇は1年に20日です。"},
    {"id": "travel", "title": "旅費", "text": "宿泊費は領収証の額を支給します。"},
]
QUERIES = [
    {"id": "q1", "text": "有給休暇は何日もらえますか"},
    {"id": "q2", "text": "工事を入札なしで頼めるのはいくらまでですか"},
]
QRELS = ["query\tdocument\tgrade", "q1\tleave\t1", "q2\tcontract\t1"]
KEYS = [
    "ndcg@10",
    "recall@10",
    "hit@1",
    "hit@5",
    "mrr@10",
    "ms_p50",
    "ms_p95",
    "queries",
    "documents",
]


def test_a_report_averages_over_the_judged_queries_only():
    documents = tuple(TextDocument(key, "", key) for key in "abc")
    corpus = JudgedCorpus(
        documents, {"1": "？", "2": "？", "3": "？"}, {"1": {"a": 1}, "2": {"b": 1}}
    )
    report = retrieval_report(corpus, {"1": ["a", "b"], "2": ["a", "b"]}, [0.010, 0.030])
    assert list(report.document()) == KEYS
    assert report.document() == {
        "ndcg@10": 0.8155,
        "recall@10": 1.0,
        "hit@1": 0.5,
        "hit@5": 1.0,
        "mrr@10": 0.75,
        "ms_p50": 10.0,
        "ms_p95": 30.0,
        "queries": 2,
        "documents": 3,
    }


def test_the_production_retriever_runs_over_an_index_of_its_own(write_set, assistant_with_manuals):
    folder = write_set(corpus=CORPUS, queries=QUERIES, qrels=QRELS)
    before = assistant_with_manuals.library.counts()
    report = evaluate_retrieval(
        folder,
        settings=assistant_with_manuals.settings,
        encoder=assistant_with_manuals.encoder,
    )
    assert (report.queries, report.documents, report.hit_1) == (2, 3, 1.0)
    assert assistant_with_manuals.library.counts() == before


def test_each_signal_is_reported_beside_the_fusion(write_set, assistant_with_manuals):
    folder = write_set(corpus=CORPUS, queries=QUERIES, qrels=QRELS)
    reports = evaluate_signals(
        folder,
        settings=assistant_with_manuals.settings,
        encoder=assistant_with_manuals.encoder,
    )
    assert set(reports) == {"body", "heading", "keywords", "fused"}
    assert all(report.documents == 3 for report in reports.values())


@pytest.mark.shared
@pytest.mark.parametrize("name", ["jsquad_valid", "niilc_qa", "lawqa_jp"])
def test_the_shared_sets_are_well_formed(name):
    if not (SHARED / name).is_dir():
        pytest.skip("../shared/data/retrieval is not there")
    corpus = read_judged_corpus(SHARED / name)
    assert set(corpus.grades) <= set(corpus.queries)
