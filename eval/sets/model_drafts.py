"""Drafts of questions from manuals in a model's words, each kept at once, poor ones counted.

Answer, facts, file, page and section are those that the rules of eval.sets.drafting take from the
passage, so that nothing a model invents becomes an expectation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from assistant import calendar
from assistant.domain import Reader
from assistant.errors import ModelFilesUnavailable, ModelUnavailable, OperationError, UsageError
from assistant.evaluations.sets import KeptCase
from assistant.language_model.writer import Writer
from assistant.opening import Assistant
from eval.answers import EVALUATOR, SEED
from eval.metrics.place_metrics import on_place
from eval.sets.case_rows import case_of, kept_case
from eval.sets.draft_wording import UnusableWording, question_key, worded_question
from eval.sets.drafting import FROM_MANUALS, AskablePassage, passages_by_manual

Progress = Callable[[int, str], None]
_WAYS: Final = ("auto", "model", "rules")
UNFOUND: Final = "検索の上位10件に箇所なし"
_SEARCHED: Final = 10
_TOO_SMALL: Final = "同梱の小さなモデルの言葉は、使えないものが多いことが分かっています。"
_TRIES_EACH: Final = 3  # passages tried for one draft, so that a poor model does not write for ever


@dataclass(frozen=True)
class ModelDrafts:
    """What came of having a model word drafts; `error` is why it stopped before it was through.

    `dropped` counts what the model wrote and could not be used, by what was wrong with it;
    `unfound` counts drafts for which the search does not find their place.
    """

    model: str
    drafted: int
    dropped: Mapping[str, int]
    unfound: int
    error: str = ""

    def document(self) -> dict[str, Any]:
        """Return the counts as JSON."""
        return {
            "by": "model",
            "model": self.model,
            "drafted": self.drafted,
            "dropped": dict(self.dropped),
            "unfound": self.unfound,
            "error": self.error,
        }

    def words(self) -> list[str]:
        """Return what people are told of the counts."""
        told = [f"モデル（{self.model}）の言葉で、下書きを {self.drafted:,} 問作りました。"]
        if self.dropped:
            why = "、".join(f"{reason} {count:,} 問" for reason, count in self.dropped.items())
            told.append(f"使えなかった {sum(self.dropped.values()):,} 問は除きました（{why}）。")
        if self.unfound:
            told.append(
                f"{self.unfound:,} 問は、正しい箇所が検索の上位10件に入りません。"
                f"出どころに「{UNFOUND}」と記しました。"
            )
        if self.error:
            told.append(f"途中で終わりました。{self.error}作った下書きは残しています。")
        return told


def drafting_writer(assistant: Assistant, by: str) -> tuple[Writer | None, str]:
    """Return the model that words drafts, or None with the reason for rules ("" where asked for).

    `by` is auto, model or rules; auto takes no bundled model. Raises UsageError for another word,
    and UsageError or ModelUnavailable where a model is asked for and there is none.
    """
    if by not in _WAYS:
        raise UsageError("--by には model か rules を指定してください。")
    if by == "rules":
        return None, ""
    writer = assistant.models.choose().writer
    if writer is None:
        why = _why_no_model(assistant)
    elif by == "auto" and _is_bundled(assistant, writer):
        why = _TOO_SMALL
    else:
        return writer, ""
    if by == "auto":
        return None, f"{why}質問の言葉は規則で作ります。"
    advice = f"{why}モデルの設定を直すか、規則（--by rules）で作ってください。"
    raise (UsageError if assistant.settings.mode == "extractive" else ModelUnavailable)(advice)


def draft_by_model(
    assistant: Assistant,
    writer: Writer,
    *,
    count: int,
    known: Sequence[KeptCase],
    keep: Callable[[KeptCase], object],
    reader: Reader = EVALUATOR,
    progress: Progress = lambda done, line: None,
) -> ModelDrafts:
    """Have the model word at most `count` drafts, and hand each to `keep` as it comes.

    `known` are the cases of the set: none is drafted again. A model that fails ends the drafting;
    what was kept stays. Raises OperationError where passages were tried and none gave a draft,
    and UsageError where there was none to try.
    """
    keys = {question_key(str(case.row["question"])) for case in known}
    ids = {case.case_id for case in known}
    dropped, drafted, unfound, tried, error = Counter[str](), 0, 0, 0, ""
    for passage in chosen_passages(assistant, reader=reader):
        if drafted == count or tried == count * _TRIES_EACH:
            break
        if passage.row["id"] in ids:
            continue
        tried += 1
        try:
            question = worded_question(writer, passage, encoder=assistant.encoder, known=keys)
        except UnusableWording as unusable:
            dropped[str(unusable)] += 1
            progress(drafted, f"[{drafted}/{count}] 除きました（{unusable}）")
            continue
        except (ModelUnavailable, ModelFilesUnavailable) as failure:
            assistant.models.report_failure(writer, str(failure))
            error = str(failure)
            break
        draft, is_found = _draft(assistant, passage, question, writer.name, reader)
        keep(draft)
        keys.add(question_key(question))
        drafted += 1
        unfound += not is_found
        progress(drafted, f"[{drafted}/{count}] {question}")
    made = ModelDrafts(writer.name, drafted, dropped, unfound, error)
    _require_some(made, tried)
    return made


def chosen_passages(assistant: Assistant, *, reader: Reader) -> Iterator[AskablePassage]:
    """Give what can be asked in a seeded order, one after the other from each manual."""
    chance = Random(SEED)  # nosec B311
    lines: list[list[AskablePassage]] = []
    for found in passages_by_manual(assistant, reader=reader).values():
        line = list(found)
        chance.shuffle(line)
        lines.append(line)
    for turn in range(max(map(len, lines), default=0)):
        yield from (line[turn] for line in lines if turn < len(line))


def _draft(
    assistant: Assistant, passage: AskablePassage, question: str, model: str, reader: Reader
) -> tuple[KeptCase, bool]:
    """Return a draft, and whether the search finds its place; its origin says who worded it."""
    row = {**passage.row, "question": question, "state": "draft"}
    places = case_of(kept_case(row)).places
    found = assistant.retriever.search(
        question, reader=reader, as_of=calendar.today(), limit=_SEARCHED
    )
    is_found = any(on_place(places, one.source.file, one.page) for one in found)
    marks = [f"言葉はモデル {model}", *([] if is_found else [UNFOUND])]
    return kept_case({**row, "origin": f"{FROM_MANUALS}（{'、'.join(marks)}）"}), is_found


def _require_some(made: ModelDrafts, tried: int) -> None:
    if made.drafted:
        return
    if made.error:
        raise OperationError(f"下書きを作れませんでした。{made.error}")
    if not tried:
        raise UsageError(
            "新しい下書きになる記載がありません。マニュアルの取込みを確かめてください。"
        )
    raise OperationError(
        f"モデル（{made.model}）の書いた {tried:,} 問は、どれも下書きに使えませんでした"
        f"（{'、'.join(f'{reason} {count:,} 問' for reason, count in made.dropped.items())}）。"
        "規則（--by rules）で作るか、別のモデルを設定してください。"
    )


def _is_bundled(assistant: Assistant, writer: Writer) -> bool:
    """Tell whether it is the model that comes with us: of seven drafts of its words one was usable.

    Rules gave more (docs/decisions/0049-judge-model-and-first-sets.md).
    """
    return writer.mode == "local" and not assistant.settings.local_model


def _why_no_model(assistant: Assistant) -> str:
    settings, models = assistant.settings, assistant.models
    if settings.mode == "extractive":
        return "モデルを使わない設定（ASSISTANT_MODE=extractive）です。"
    if settings.mode != "local" and settings.endpoint_url:
        trouble = models.endpoint_trouble()
        if trouble or settings.mode == "endpoint":
            return trouble
    return models.local_trouble() or (
        "ローカルモデルは、この機械での測定により自動では使いません"
        "（使うときは ASSISTANT_MODE=local にしてください）。"
    )
