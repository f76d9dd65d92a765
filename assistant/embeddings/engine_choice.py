"""Which engine computes the vectors: measured once at set-up, kept in the data directory."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

from assistant.downloads import explained_file_errors, written_atomically
from assistant.embeddings.engine import Engine
from assistant.language_model.processor import CPU_INFO, read_cpu_info

EngineName = Literal["fp32", "bf16", "int8"]
CHOICE_FILE = "embedding-engine.json"

_log = logging.getLogger(__name__)
_SECONDS = 5.0
_LEAST_GAIN = 1.1  # below this the exact vectors are worth more
_LEAST_COSINE = 0.98  # measured here: .993 and more; less means that the engine computes wrongly
_BRIEF_FLAGS = {"avx512_bf16", "amx_bf16"}
_PROMPT = "passage: "
_SENTENCES = (
    "病気休暇は、療養のため勤務しないことがやむを得ないと認められる必要最小限の期間とする。",
    "引き続き七日を超える病気休暇を請求するときは、医師の診断書を添えて所属長に提出しなければ"
    "ならない。",
    "随意契約によることができるのは、予定価格が財務規則で定める額を超えない場合などに限られる。",
    "見積書は、原則として二者以上から徴取する。",
    "検査は、給付を完了した旨の通知を受けた日から十日以内に行い、検査調書を作成する。",
    "電話で受けた苦情は、受付票に日時と内容を記録し、当日中に主管課へ引き継ぐこと。",
    "個人番号を含む書類は施錠できる保管庫に納め、保存年限を過ぎたものは溶解処分とする。",
    "会計年度任用職員の通勤手当は、片道二キロメートル以上の場合に、実費相当額を支給する。",
)
SAMPLE = (*_SENTENCES, "".join(_SENTENCES[:4]), "".join(_SENTENCES), "".join(_SENTENCES * 2))
"""Sentences, and passages of about 100, 220 and 440 tokens."""


@dataclass(frozen=True)
class EngineChoice:
    """The engine chosen for a model on a processor, with the speed of each that was tried."""

    engine: EngineName
    tokens_per_second: dict[str, int]
    model: str
    processor: str


def engines_for(cpu_info: str) -> tuple[EngineName, ...]:
    """Return the engines worth measuring on the processor of Linux's /proc/cpuinfo.

    bf16 only where the processor computes in it: elsewhere it is emulated and slower than fp32.
    """
    if _BRIEF_FLAGS & set(_field(cpu_info, "flags").split()):
        return ("fp32", "bf16", "int8")
    return ("fp32", "int8")


def processor_name() -> str:
    """Return what the operating system calls the processor, "" where it does not say."""
    return _field(read_cpu_info(CPU_INFO), "model name")


def read_choice(data_dir: Path, *, model: str) -> EngineChoice | None:
    """Return the choice made for `model`, None when there is none; an unusable file is logged."""
    path = data_dir / CHOICE_FILE
    try:
        choice = EngineChoice(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        _log.warning("%s is unusable (%s): computing in fp32; run chonai prepare", path, error)
        return None
    if choice.engine not in get_args(EngineName) or choice.model != model:
        _log.warning("%s is for another model: computing in fp32; run chonai prepare", path)
        return None
    return choice


def write_choice(data_dir: Path, choice: EngineChoice) -> None:
    """Keep the choice; raises ModelFilesUnavailable."""
    content = json.dumps(asdict(choice), ensure_ascii=False, indent=1) + "\n"
    with (
        explained_file_errors(data_dir, needed=len(content)),
        written_atomically(data_dir / CHOICE_FILE) as stream,
    ):
        stream.write(content.encode())


def choose(
    engines: Mapping[EngineName, Engine],
    *,
    seconds: float = _SECONDS,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[EngineName, dict[str, int]]:
    """Return the fastest of the engines and each one's tokens per second, measured in turns.

    An engine is taken instead of "fp32", which must be there, if it is at least a tenth faster
    and its vectors are nearly the same.
    """
    texts = list(SAMPLE)
    tokens = sum(engines["fp32"].token_counts(texts))
    exact = engines["fp32"].encode(texts, _PROMPT)  # the first pass also warms an engine up
    cosines = {
        name: float((engine.encode(texts, _PROMPT) * exact).sum(axis=1).min())
        for name, engine in engines.items()
    }
    spent = dict.fromkeys(engines, 0.0)
    turns = 0
    while min(spent.values()) < seconds:
        turns += 1
        for name in list(engines)[:: 1 if turns % 2 else -1]:
            began = clock()
            engines[name].encode(texts, _PROMPT)
            spent[name] += clock() - began
    speeds = {name: turns * tokens / used for name, used in spent.items()}
    chosen: EngineName = "fp32"
    for name, speed in speeds.items():
        if cosines[name] < _LEAST_COSINE:
            _log.warning("engine %s strays from fp32 (cosine %.4f): not used", name, cosines[name])
        elif name != "fp32" and speed > max(speeds[chosen], speeds["fp32"] * _LEAST_GAIN):
            chosen = name
    return chosen, {name: round(speed) for name, speed in speeds.items()}


def _field(cpu_info: str, name: str) -> str:
    for line in cpu_info.splitlines():
        found, _, value = line.partition(":")
        if found.strip() == name:
            return value.strip()
    return ""
