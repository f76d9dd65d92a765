import pytest

from assistant.errors import UsageError
from eval.judged_corpus import read_judged_corpus

CORPUS = [{"id": "d1", "title": "題", "text": "本文"}, {"id": "d2", "title": "", "text": "別"}]
QUERIES = [{"id": "q1", "text": "質問"}]
QRELS = ["query\tdocument\tgrade", "q1\td1\t2", "q1\td2\t0"]


WHOLE = {"corpus": CORPUS, "queries": QUERIES, "qrels": QRELS}


def test_the_three_files_are_read(tmp_path, write_set):
    corpus = read_judged_corpus(write_set(**WHOLE))
    assert [(d.id, d.title, d.text) for d in corpus.documents] == [
        ("d1", "題", "本文"),
        ("d2", "", "別"),
    ]
    assert corpus.queries == {"q1": "質問"}
    assert corpus.grades == {"q1": {"d1": 2.0, "d2": 0.0}}


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path, write_set):
    write_set(**WHOLE)
    for path in tmp_path.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_judged_corpus(tmp_path).grades == {"q1": {"d1": 2.0, "d2": 0.0}}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"corpus": ['{"id": "d1"']}, "corpus.jsonl の 1 行目"),
        ({"corpus": [CORPUS[0], {"id": "d2", "title": "題"}]}, "corpus.jsonl の 2 行目"),
        ({"corpus": [CORPUS[0], CORPUS[0]]}, "corpus.jsonl の 2 行目"),
        ({"queries": ["[1]"]}, "queries.jsonl の 1 行目"),
        ({"queries": [{"id": "q1", "text": " "}]}, "queries.jsonl の 1 行目"),
        ({"qrels": [*QRELS, "q1 d1 1"]}, "qrels.tsv の 4 行目"),
        ({"qrels": [QRELS[0], "q1\td1\t高"]}, "qrels.tsv の 2 行目"),
        ({"qrels": [QRELS[0], "q1\td1\tnan"]}, "qrels.tsv の 2 行目"),
        ({"qrels": [QRELS[0], "q9\td1\t1"]}, "qrels.tsv の 2 行目"),
        ({"qrels": [QRELS[0], "q1\td9\t1"]}, "qrels.tsv の 2 行目"),
        ({"qrels": QRELS[:1]}, "qrels.tsv"),
        ({"queries": []}, "queries.jsonl"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_malformed_set_is_refused_with_file_and_line(write_set, changed, named):
    with pytest.raises(UsageError, match=named):
        read_judged_corpus(write_set(**{**WHOLE, **changed}))


def test_a_missing_file_or_folder_is_refused(tmp_path, write_set):
    write_set(**WHOLE)
    (tmp_path / "qrels.tsv").unlink()
    with pytest.raises(UsageError, match=r"qrels\.tsv がありません"):
        read_judged_corpus(tmp_path)
    with pytest.raises(UsageError, match="フォルダ"):
        read_judged_corpus(tmp_path / "none")


def test_a_file_in_another_encoding_is_refused(tmp_path, write_set):
    write_set(**WHOLE)
    (tmp_path / "queries.jsonl").write_bytes('{"id": "q1", "text": "質問"}'.encode("cp932"))
    with pytest.raises(UsageError, match="UTF-8"):
        read_judged_corpus(tmp_path)
