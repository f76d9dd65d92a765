"""`chonai prepare`: fetches the models once, after saying how much that is."""

from __future__ import annotations

from collections.abc import Callable

from assistant.data_directory import prepare_data_directory
from assistant.embeddings import bundled, engines
from assistant.errors import ModelFilesUnavailable
from assistant.language_model import weights
from assistant.owner import CommandResult, Progress
from assistant.report_font import prepare_report_font
from assistant.settings import Settings


def prepare(settings: Settings, *, progress: Progress) -> CommandResult:
    """Prepare the embedding model and the local language model; what is there stays.

    Without the embedding model nothing can be searched: that fails. Without the language model
    the quotations answer, without the font there are no PDF reports: those are warnings.
    """
    folder = settings.models_folder
    prepare_data_directory(folder)
    _announce(settings, progress)

    def told(label: str, done: int, total: int) -> None:
        progress(f"{label}: {done // 1_000_000} / {total // 1_000_000} MB")

    if not settings.embedding_model:
        _prepare_embedding(settings, progress, told)
    warnings = []
    try:
        prepare_report_font(folder, progress=told)
    except ModelFilesUnavailable as error:
        warnings.append(f"報告書（PDF）のフォントを準備できませんでした。{error}")
    if not settings.local_model and settings.mode not in ("extractive", "endpoint"):
        try:
            weights.prepare_local_weights(folder, progress=told)
        except ModelFilesUnavailable as error:
            warnings.append(f"ローカルモデルを準備できませんでした。引用だけで答えます。{error}")
    lines = tuple(f"注意: {warning}" for warning in warnings) or ("準備ができました。",)
    return CommandResult(0, {"warnings": warnings}, lines)


def _prepare_embedding(
    settings: Settings, progress: Progress, told: Callable[[str, int, int], None]
) -> None:
    prepare_data_directory(settings.data_dir)
    progress("検索モデルの計算方法を確かめています（初回は測定に 1 分ほどかかります）")
    choice = engines.prepare_engines(settings, progress=told)
    if choice is None:
        progress(f"検索モデルの計算方法: {settings.embedding_engine}（設定による）")
        return
    speeds = "、".join(
        f"{name} 毎秒 {speed:,} トークン" for name, speed in choice.tokens_per_second.items()
    )
    progress(f"検索モデルの計算方法: {choice.engine}（この機械での測定: {speeds}）")


def _announce(settings: Settings, progress: Progress) -> None:
    download = disk = 0
    if not settings.embedding_model and not (settings.models_folder / "e5").is_dir():
        download, disk = download + bundled.DOWNLOAD_BYTES, disk + bundled.DISK_BYTES
    wanted = not settings.local_model and settings.mode not in ("extractive", "endpoint")
    if wanted and not (settings.models_folder / "local.gguf").is_file():
        download, disk = download + weights.DOWNLOAD_BYTES, disk + weights.DISK_BYTES
    if download:
        progress(
            f"モデルを準備します: 取得 約 {download / 1e9:.1f} GB、"
            f"書き込み 約 {disk / 1e9:.1f} GB（{settings.models_folder.resolve()}）"
        )
