"""The bundled model's engines: made ready at set-up, one chosen, opened by name."""

from __future__ import annotations

from assistant.downloads import Progress
from assistant.embeddings.bundled import prepare_bundled_e5, verify_bundled_e5
from assistant.embeddings.engine import Engine
from assistant.embeddings.engine_choice import (
    EngineChoice,
    EngineName,
    choose,
    engines_for,
    processor_name,
    read_choice,
    write_choice,
)
from assistant.embeddings.onnx_engine import OnnxEngine
from assistant.embeddings.onnx_export import prepare_int8, verify_int8
from assistant.embeddings.question_adapter import QuestionAdapter, read_question_adapter
from assistant.embeddings.torch_engine import TorchEngine
from assistant.language_model.processor import CPU_INFO, read_cpu_info
from assistant.settings import Settings

QUESTIONS = "e5-questions-int8"
"""The files of the graph that questions go through."""


def open_engine(name: EngineName, settings: Settings) -> Engine:
    """Open one engine of the bundled model; raises ModelFilesUnavailable."""
    checkpoint = settings.models_folder / "e5"
    if name == "int8":
        made_from = verify_bundled_e5(checkpoint)
        return OnnxEngine(checkpoint, verify_int8(settings.models_folder, made_from=made_from))
    return TorchEngine(str(checkpoint), brief=name == "bf16")


def open_question_engine(settings: Settings, *, beside: Engine) -> Engine:
    """Open the bundled model as changed for questions; raises ModelFilesUnavailable.

    `beside` is the engine of the model as it is.
    """
    checkpoint = settings.models_folder / "e5"
    made_from = _changed(verify_bundled_e5(checkpoint), read_question_adapter())
    graph = verify_int8(settings.models_folder, made_from=made_from, stem=QUESTIONS)
    like = beside if isinstance(beside, OnnxEngine) else None
    return OnnxEngine(checkpoint, graph, like=like)


def prepare_engines(settings: Settings, *, progress: Progress) -> EngineChoice | None:
    """Make the bundled model's files and choose its engine; None where a setting names it.

    What was made or chosen before stays, unless it was for another model or processor. Raises
    ModelFilesUnavailable.
    """
    folder = settings.models_folder
    checkpoint = prepare_bundled_e5(folder / "e5", progress=progress)
    fingerprint = verify_bundled_e5(checkpoint)
    prepare_int8(checkpoint, folder, made_from=fingerprint)
    adapter = read_question_adapter()
    changed = _changed(fingerprint, adapter)
    prepare_int8(checkpoint, folder, made_from=changed, stem=QUESTIONS, change=adapter.applied)
    if settings.embedding_engine != "auto":
        return None
    known = read_choice(settings.data_dir, model=fingerprint)
    if known is not None and known.processor == processor_name():
        return known
    names = engines_for(read_cpu_info(CPU_INFO))
    engine, speeds = choose({name: open_engine(name, settings) for name in names})
    choice = EngineChoice(engine, speeds, fingerprint, processor_name())
    write_choice(settings.data_dir, choice)
    return choice


def wanted_engine(settings: Settings, *, model: str) -> EngineName:
    """Return the engine that the settings name, or that was chosen here for the model."""
    if settings.embedding_engine != "auto":
        return settings.embedding_engine
    choice = read_choice(settings.data_dir, model=model)
    return choice.engine if choice is not None else "fp32"


def _changed(fingerprint: str, adapter: QuestionAdapter) -> str:
    """Return what the graph for questions is made of."""
    return f"{fingerprint}:{adapter.sha256}"
