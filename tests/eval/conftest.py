import json

import pytest


@pytest.fixture
def write_set(tmp_path):
    """Write a judged retrieval set; a row may be a dictionary or a raw line."""

    def write(*, corpus, queries, qrels):
        for name, rows in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
            lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
            (tmp_path / name).write_text("\n".join(lines) + "\n", "utf-8")
        (tmp_path / "qrels.tsv").write_text("\n".join(qrels) + "\n", "utf-8")
        return tmp_path

    return write
