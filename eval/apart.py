"""Settings of an assistant that is put up to be measured, apart from the office's data."""

from __future__ import annotations

from pathlib import Path

from assistant.settings import Settings


def apart(settings: Settings, folder: Path) -> Settings:
    """Return settings of an extractive assistant with its data in a folder, the models shared."""
    update: dict[str, object] = {"data_dir": folder, "models_dir": settings.models_folder}
    update |= {"database_url": "", "chroma_url": "", "mode": "extractive"}
    return settings.model_copy(update=update)
