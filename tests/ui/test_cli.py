"""The `chonai` commands: one JSON document each, their keys, and their exit status."""

from __future__ import annotations

import io
import json
import os
import pty
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from chonai_process import Finished, Installation
from msoffcrypto.format.ooxml import OOXMLFile

from assistant.errors import UsageError
from ui.commands import command_line

pytestmark = pytest.mark.slow

PASSWORD = "himitsu-Q7wZ"
SICK = "病気で何日休んだらお医者さんの診断書がいりますか"
BEFORE = "少額の随意契約は工事の場合どうなりますか"
HIT = {
    "manual", "file", "version", "page", "pages", "label", "heading", "score", "signals", "text",
    "references",
}  # fmt: skip
ANSWER = {
    "id", "question", "outcome", "text", "sentences", "citations", "related", "choices",
    "conflicts", "as_of", "as_of_origin", "near_changes", "parts", "owner", "mode", "model",
    "first_evidence_seconds", "seconds", "error", "notice",
}  # fmt: skip
CITATION = {
    "marker", "manual", "file", "version", "page", "label", "heading", "quote", "version_id",
    "chunk_id", "revision", "effective_from", "text_hash", "newer_version",
}  # fmt: skip
INGESTED = {
    "file", "status", "manual", "version", "pages", "chunks", "seconds", "problems", "embedded",
    "reused", "state", "version_id", "manual_id",
}  # fmt: skip
RETRIEVAL = {
    "ndcg@10", "recall@10", "hit@1", "hit@5", "mrr@10", "ms_p50", "ms_p95", "queries", "documents"
}  # fmt: skip
WEEK = {"week", "start", "fiscal_year", "active", "excluded", "source", "state", "hash"}


@pytest.fixture(scope="module")
def chonai(
    tmp_path_factory: pytest.TempPathFactory, manuals_folder: Path, models_folder: Path
) -> Iterator[Installation]:
    """An installation with the sample manuals whose commands a server carries out."""
    folder = tmp_path_factory.mktemp("cli") / "data"
    shutil.copytree(manuals_folder, folder)
    installation = Installation(folder, models_folder.resolve())
    with installation.serve():
        yield installation


def _japanese_error(finished: Finished) -> str:
    """Return the message of a command that failed, the same in JSON and for people."""
    assert set(finished.document) == {"error"}
    message = str(finished.document["error"])
    assert message in finished.err
    assert message.endswith("。") or "。" in message
    return message


def test_search_lists_places_with_their_signals(chonai: Installation) -> None:
    found = chonai.run("search", SICK, "--limit", "3", "--json")
    assert found.status == 0
    assert len(found.document) == 3
    for hit in found.document:
        assert set(hit) == HIT
        assert set(hit["signals"]) == {"body", "heading", "sentence", "keywords", "pairs"}
        assert len(hit["pages"]) == 2
    first = found.document[0]
    assert first["file"] == "庶務事務の手引き.docx"
    assert (first["page"], first["pages"]) == (None, [None, None])
    assert "診断書" in first["text"]
    scores = [hit["score"] for hit in found.document]
    assert scores == sorted(scores, reverse=True)
    for to in (to for hit in found.document for to in hit["references"]):
        assert set(to) == {"text", "manual", "heading", "page"}


def test_a_page_of_a_pdf_is_given_with_its_printed_number(chonai: Installation) -> None:
    found = chonai.run("search", "公用車のリースは最長何年で契約できる？", "--limit", "1", "--json")
    (hit,) = found.document
    assert (hit["file"], hit["page"]) == ("契約事務の手引き.pdf", 11)
    assert hit["label"] not in (None, "11")
    assert hit["pages"][0] <= hit["page"] <= hit["pages"][1]


def test_an_answer_has_the_agreed_keys_and_stands_on_its_quotes(chonai: Installation) -> None:
    asked = chonai.run("ask", SICK, "--json")
    answer = asked.document
    assert asked.status == 0
    assert set(answer) == ANSWER
    assert (answer["question"], answer["outcome"], answer["mode"]) == (
        SICK,
        "answered",
        "extractive",
    )
    assert (answer["model"], answer["error"]) == (None, None)
    for citation in answer["citations"]:
        assert set(citation) == CITATION
    assert [c["marker"] for c in answer["citations"]] == list(
        range(1, len(answer["citations"]) + 1)
    )
    quotes = {c["marker"]: c["quote"] for c in answer["citations"]}
    for sentence in answer["sentences"]:
        assert set(sentence) == {"text", "kind", "citations"}
        assert sentence["kind"] == "quoted"
        assert [quotes[marker] for marker in sentence["citations"]] == [sentence["text"]]
        assert sentence["text"] in answer["text"]
    assert set(answer["owner"]) == {"section", "extension"}
    assert answer["first_evidence_seconds"] <= answer["seconds"]


def test_a_refusal_is_done_and_names_whom_to_ask(chonai: Installation) -> None:
    asked = chonai.run("ask", "住民票の写しは1通いくらですか", "--json")
    assert asked.status == 0
    assert asked.document["outcome"] == "refused"
    assert asked.document["citations"] == []
    assert asked.document["related"]
    assert asked.document["owner"]["extension"]


def test_an_answer_for_people_has_no_json(chonai: Installation) -> None:
    asked = chonai.run("ask", SICK)
    assert asked.status == 0
    assert "『庶務事務の手引き』" in asked.out
    assert "問合せ先: " in asked.out
    assert asked.err == ""


def test_a_rejected_file_fails_the_command_and_the_others_are_indexed(
    chonai: Installation, tmp_path: Path
) -> None:
    (tmp_path / "こわれた.pdf").write_bytes(b"%PDF-1.7 no more")
    (tmp_path / "植栽.md").write_text(
        "# 植栽の手引き\n\n## 水やり\n\n庁舎前の花壇の水やりは、毎朝8時20分に行います。\n", "utf-8"
    )
    ingested = chonai.run("ingest", str(tmp_path), "--json")
    assert ingested.status == 1
    assert set(ingested.document) == {"files", "vanished", "unlisted"}
    files = {Path(file["file"]).name: file for file in ingested.document["files"]}
    assert {name: file["status"] for name, file in files.items()} == {
        "こわれた.pdf": "rejected",
        "植栽.md": "indexed",
    }
    for file in files.values():
        assert set(file) == INGESTED
    assert files["こわれた.pdf"]["problems"]
    assert files["植栽.md"]["problems"] == []
    found = chonai.run("search", "花壇の水やりは何時ですか", "--limit", "1", "--json")
    assert found.document[0]["file"] == "植栽.md"
    again = chonai.run("ingest", str(tmp_path / "植栽.md"), "--json")
    assert again.status == 0
    assert [file["status"] for file in again.document["files"]] == ["unchanged"]


def test_a_batch_answers_every_line_and_goes_on_after_an_interruption(
    chonai: Installation, tmp_path: Path
) -> None:
    questions, answers = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"id": "a", "question": SICK},
        {"id": "b", "question": "それはいくらですか", "turns": [BEFORE]},
        {"id": "c", "question": "住民票の写しは1通いくらですか", "as_of": "2026-04-01"},
        {"id": "d", "question": "あ" * 1001},
        {"id": "e", "question": SICK, "as_of": "令和8年"},
    ]  # fmt: skip
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    questions.write_text("\n".join([*lines, "{half", ""]), "utf-8")
    batch = ("ask", "--batch", str(questions), "--out", str(answers), "--json")

    first = chonai.run(*batch)
    assert first.status == 1
    written = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    assert {row["id"]: row["outcome"] for row in written} == {
        "a": "answered",
        "b": "answered",
        "c": "refused",
        "d": "failed",
        "e": "failed",
        "line-6": "failed",
    }
    for row in written:
        assert set(row) == ANSWER
        assert bool(row["error"]) == (row["outcome"] == "failed")
    assert written[2]["as_of"] == "2026-04-01"
    assert any("200" in citation["quote"] for citation in written[1]["citations"])

    kept = answers.read_text("utf-8").splitlines(keepends=True)
    answers.write_text(kept[0] + kept[1] + kept[2][: len(kept[2]) // 2], "utf-8")
    second = chonai.run(*batch)
    assert second.status == 1
    resumed = answers.read_text("utf-8").splitlines(keepends=True)
    assert resumed[:2] == kept[:2]
    assert sorted(json.loads(line)["id"] for line in resumed) == ["a", "b", "c", "d", "e", "line-6"]
    assert second.document["continued_after"] == 2


def test_a_protected_file_is_ingested_with_its_password_which_is_kept_nowhere(
    chonai: Installation, tmp_path: Path
) -> None:
    document, plain, locked = docx.Document(), io.BytesIO(), tmp_path / "鍵の貸出.docx"
    document.add_paragraph("書庫の鍵は、総務課で借ります。")
    document.save(plain)
    with locked.open("wb") as file:
        OOXMLFile(plain).encrypt(PASSWORD, file)
    refused = chonai.run("ingest", str(locked), "--json")
    assert refused.status == 1
    assert "--password" in refused.document["files"][0]["problems"][0]
    done = chonai.run("ingest", str(locked), "--password", PASSWORD, "--json")
    assert (done.status, set(done.document["files"][0])) == (0, INGESTED)
    assert PASSWORD not in done.out + done.err
    found = chonai.run("search", "書庫の鍵はどこで借りますか", "--limit", "1", "--json")
    assert found.document[0]["file"] == "鍵の貸出.docx"
    kept = [path for path in chonai.data_dir.rglob("*") if path.is_file()]
    assert [path for path in kept if PASSWORD.encode() in path.read_bytes()] == []


def test_a_password_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\nsecond line\n"))
    assert command_line.secret_from("-") == PASSWORD
    with pytest.raises(UsageError, match=r"--password が空です。.*ください"):
        command_line.secret_from("")


def test_a_password_typed_on_a_terminal_is_not_shown() -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.execv(
            sys.executable,
            [
                sys.executable,
                "-c",
                "from ui.commands.command_line import secret_from; print(len(secret_from('-')))",
            ],
        )
    shown = b""
    while "パスワード".encode() not in shown:
        shown += os.read(terminal, 1024)
    os.write(terminal, f"{PASSWORD}\n".encode())
    while str(len(PASSWORD)).encode() not in shown:
        shown += os.read(terminal, 1024)
    os.waitpid(child, 0)
    os.close(terminal)
    assert PASSWORD.encode() not in shown


def test_retrieval_is_measured_on_a_folder(chonai: Installation, tmp_path: Path) -> None:
    texts = {
        "d1": "年次有給休暇は20日です。",
        "d2": "出張の旅費は後払いです。",
        "d3": "印紙は要りません。",
    }
    corpus = [{"id": key, "title": "", "text": text} for key, text in texts.items()]
    queries = [{"id": "q1", "text": "有給休暇は何日"}, {"id": "q2", "text": "旅費はいつ払われる"}]
    for name, rows in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        (tmp_path / name).write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    (tmp_path / "qrels.tsv").write_text("query\tdocument\tgrade\nq1\td1\t2\nq2\td2\t1\n", "utf-8")
    measured = chonai.run("eval", "retrieval", str(tmp_path), "--json")
    assert measured.status == 0
    assert set(measured.document) == RETRIEVAL
    assert (measured.document["queries"], measured.document["documents"]) == (2, 3)
    assert measured.document["ndcg@10"] == pytest.approx(1.0)


def test_questions_by_command_are_no_weekly_users(chonai: Installation) -> None:
    chonai.run("ask", SICK, "--json")
    counted = chonai.run("usage", "weekly", "--json")
    assert counted.status == 0
    assert set(counted.document) == {"weeks"}
    for week in counted.document["weeks"]:
        assert set(week) >= WEEK
    assert {week["active"] for week in counted.document["weeks"]} <= {0}


def test_doctor_tells_what_answers_and_what_is_installed(chonai: Installation) -> None:
    examined = chonai.run("doctor", "--json")
    assert examined.status == 0
    assert set(examined.document) == {"findings", "mode"}
    assert examined.document["mode"] == "extractive"
    for finding in examined.document["findings"]:
        assert set(finding) == {"subject", "state", "found", "next_step"}
        assert finding["state"] in ("ok", "warning", "failure")
        assert finding["state"] == "ok" or finding["next_step"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", ""), "空です"),
        (("ask", " 　\n"), "空です"),
        (("ask", "あ" * 1001), "長すぎます（1,001 文字）"),
        (("ask", "随意\x01契約"), "制御文字"),
        (("ask", "？？？"), "読み取れません"),
        (("search", ""), "空です"),
        (("search", SICK, "--limit", "0"), "--limit"),
        (("ask", SICK, "--as-of", "2026-13-01"), "「2026-13-01」を読めません"),
        (("ask", SICK, "--batch", "in.jsonl"), "--batch と --out"),
        (("ask", "--batch", "/nowhere/in.jsonl", "--out", "/nowhere/out.jsonl"), "読めません"),
        (("eval", "retrieval", "/nowhere"), "/nowhere"),
        (("eval", "answers", "/nowhere.jsonl"), "読めません"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, tuple) else "",
)
def test_wrong_input_is_told_in_japanese_with_status_2(
    chonai: Installation, arguments: tuple[str, ...], words: str
) -> None:
    finished = chonai.run(*arguments, "--json")
    assert finished.status == 2
    assert words in _japanese_error(finished)


def test_an_unknown_setting_is_named(chonai: Installation) -> None:
    finished = chonai.run("ask", SICK, "--json", ASSISTANT_MODEL="gpt")
    assert finished.status == 2
    assert "ASSISTANT_MODEL" in _japanese_error(finished)


def test_a_value_that_cannot_be_used_is_named(chonai: Installation) -> None:
    finished = chonai.run("ask", SICK, "--json", ASSISTANT_PORT="99999")
    assert finished.status == 2
    assert "ASSISTANT_PORT" in _japanese_error(finished)


def test_a_path_that_does_not_exist_is_a_rejected_file(chonai: Installation) -> None:
    finished = chonai.run("ingest", "/nowhere/manual.pdf", "--json")
    assert finished.status in (1, 2)
    assert "/nowhere/manual.pdf" in finished.out


def test_a_data_directory_that_is_a_file_is_told_with_what_to_do(
    tmp_path: Path, models_folder: Path
) -> None:
    (tmp_path / "data").write_text("not a folder", "utf-8")
    finished = Installation(tmp_path / "data", models_folder).run("search", SICK, "--json")
    assert finished.status == 1
    message = _japanese_error(finished)
    assert "データフォルダ" in message
    assert "ASSISTANT_DATA_DIR" in message
    assert (tmp_path / "data").read_text("utf-8") == "not a folder"


def test_a_missing_embedding_model_is_told_with_what_to_do(tmp_path: Path) -> None:
    finished = Installation(tmp_path / "data", tmp_path / "none").run("search", SICK, "--json")
    assert finished.status == 1
    assert "make run" in _japanese_error(finished) or "prepare" in finished.err
