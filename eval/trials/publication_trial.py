"""What a version would change: the question sets it touches, asked without it and with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import PurePath
from typing import Any, Final

from assistant import calendar
from assistant.domain import ManualVersion, Reader
from assistant.errors import UsageError
from assistant.evaluations.sets import QuestionSets
from assistant.library.in_force import Term, terms
from assistant.library.library_list import library_rows, version_words
from assistant.library.trials import Outcome, VersionTrial
from assistant.opening import Assistant
from assistant.people.access import EVERYONE, audience_parts
from assistant.people.audit.trail import Actor
from assistant.understanding.parts import asked_parts
from eval.answers import EVALUATOR, run_case
from eval.metrics.place_metrics import RETRIEVED
from eval.metrics.right_words import any_page_of, judged
from eval.runs.case_result import CaseResult
from eval.runs.comparison import FLIP_WORDS, OUTCOME_WORDS, reasons
from eval.sets.question_set import Case
from eval.sets.stored_sets import latest_sets
from eval.trials.extractive import Quoting, quoting

Progress = Callable[[int, int], None]
_LONGEST_TEXT: Final = 400


@dataclass(frozen=True)
class WorseCase:
    """A question that the version makes worse: in what, why if known, both answers.

    `versions` are the ids of all versions that the answers speak of: whoever may not read one of
    them is not shown the answers.
    """

    set_name: str
    id: str
    question: str
    what: tuple[str, ...]
    why: tuple[str, ...]
    before: str
    before_text: str
    after: str
    after_text: str
    versions: tuple[str, ...]


@dataclass(frozen=True)
class PublicationTrial:
    """Of all approved questions how many the version touches, and what becomes of those.

    `failed` are questions that could not be answered at all.
    """

    sets: tuple[str, ...]
    questions: int
    touched: int
    better: int
    worse: tuple[WorseCase, ...]
    failed: tuple[str, ...]

    @property
    def outcome(self) -> Outcome:
        """What the trial came to."""
        if self.worse:
            return "worse"
        if self.failed:
            return "failed"
        return "passed" if self.touched else "untouched"

    @property
    def words(self) -> str:
        """The trial in one line."""
        if not self.touched:
            return f"この版に関係する質問は、承認した質問{self.questions:,}件の中にありません。"
        words = (
            f"関係する質問{self.touched:,}件のうち、悪くなる質問{len(self.worse):,}件、"
            f"良くなる質問{self.better:,}件"
        )
        failed = f"、回答できなかった質問{len(self.failed):,}件" if self.failed else ""
        return f"{words}{failed}（質問集: {'、'.join(self.sets)}）。"

    def verdict(self, *, reason: str) -> VersionTrial:
        """Return the trial as it is kept with the version."""
        document: dict[str, Any] = {
            "sets": list(self.sets), "questions": self.questions, "touched": self.touched,
            "better": self.better, "worse": [_listed(case) for case in self.worse],
            "failed": list(self.failed),
        }  # fmt: skip
        return VersionTrial(self.outcome, self.words, document, reason)


@dataclass(frozen=True)
class _Pair:
    """A case with its result without the version and with it; `files` are the manual's."""

    set_name: str
    case: Case
    old: CaseResult
    new: CaseResult
    files: frozenset[str]

    @property
    def failed(self) -> bool:
        """Whether one of the answers did not come."""
        return "failed" in (self.old.outcome, self.new.outcome)

    @property
    def worse(self) -> tuple[str, ...]:
        """In what the case was right and no longer is."""
        return self._turned(self.old, self.new)

    @property
    def better(self) -> tuple[str, ...]:
        """In what the case is right now and was not."""
        return self._turned(self.new, self.old)

    def _turned(self, right: CaseResult, wrong: CaseResult) -> tuple[str, ...]:
        if self.failed:
            return ()
        was, is_now = (judged(self.case, result, self.files) for result in (right, wrong))
        return tuple(FLIP_WORDS[what] for what in was if was[what] and is_now[what] is False)

    def told(self) -> WorseCase:
        """Return the case as people are shown it."""
        return WorseCase(
            set_name=self.set_name,
            id=self.case.id,
            question=self.case.question,
            what=self.worse,
            why=reasons(self.old, self.new),
            before=OUTCOME_WORDS[self.old.outcome],
            before_text=self.old.text[:_LONGEST_TEXT],
            after=OUTCOME_WORDS[self.new.outcome],
            after_text=self.new.text[:_LONGEST_TEXT],
            versions=tuple(sorted({*self.old.versions, *self.new.versions})),
        )


@dataclass(frozen=True)
class _Tried:
    """A version on trial: the days it holds, its manual's files, who reads, what it replaces.

    `before` and `after` are what takes the place of the manual's version in force.
    """

    version: ManualVersion
    term: Term
    files: frozenset[str]
    versions: frozenset[str]
    reader: Reader
    before: str | None
    after: str | None

    def day_of(self, case: Case) -> date | None:
        """Return the day of which a case is asked, None where the version is not in force then."""
        today = calendar.today()
        begun = self.term.first is None or self.term.first <= today
        day = case.as_of or (today if begun else self.term.first)
        return day if day is not None and self.term.holds(day) else None


def try_version(
    assistant: Assistant,
    version_id: str,
    *,
    against: str | None = None,
    by: Actor,
    progress: Progress = lambda _done, _total: None,
) -> PublicationTrial:
    """Answer the approved cases that a version touches without it and with it, by quotations.

    A case is touched where it expects a place of the manual, in whatever version, or where the
    search finds the manual for it, before or after. Not before its day and not after its end.
    `against` is the version that held before, for one that is in force already. The sets that were
    used are frozen. Raises UsageError.
    """
    tried = _tried(assistant, version_id, against)
    asked = [(kept, case) for kept in latest_sets(assistant.database) for case in kept.cases]
    if tried is None:
        return PublicationTrial((), len(asked), 0, 0, (), ())
    pairs: list[_Pair] = []
    with quoting(assistant) as answers:
        touched = []
        for number, (kept, case) in enumerate(asked):
            progress(number, 2 * len(asked))
            day = tried.day_of(case)
            if day is not None and _is_touched(answers, tried, case, day):
                dated = case if day == calendar.today() else replace(case, as_of=day)
                touched.append((kept, any_page_of(dated, tried.files)))
        for number, (kept, case) in enumerate(touched):
            progress(len(touched) + number, 2 * len(touched))
            old, new = (
                run_case(answers, case, reader=tried.reader, draft=draft)
                for draft in (tried.before, tried.after)
            )
            pairs.append(_Pair(kept.name, case, old, new, tried.files))
    used = {kept.name: kept for kept, _ in touched}
    for name in used:
        reason = f"「{tried.version.file_name}」{version_words(tried.version)}の公開前の確認に使用"
        QuestionSets(assistant.database).freeze(name, reason=reason, by=by)
    return PublicationTrial(
        sets=tuple(f"{kept.name}@{kept.version}" for kept in used.values()),
        questions=len(asked),
        touched=len(pairs),
        better=sum(bool(pair.better) for pair in pairs),
        worse=tuple(pair.told() for pair in pairs if pair.worse),
        failed=tuple(pair.case.id for pair in pairs if pair.failed),
    )


def _tried(assistant: Assistant, version_id: str, against: str | None) -> _Tried | None:
    """Return the version on trial, None where it would never be in force."""
    today, library = calendar.today(), assistant.library
    all_rows = library_rows(library, as_of=today, today=today)
    row = next((row for row in all_rows if row.version.id == version_id), None)
    if row is None:
        raise UsageError("この版はもうありません。一覧を開き直して確かめてください。")
    rows = [other for other in all_rows if other.manual.id == row.manual.id]
    others = [other.version for other in rows if other.version.id != version_id]
    shown = replace(row.version, state="published", publish_on=None)
    term = terms([*others, shown], today=today).get(version_id)
    if term is None:
        return None
    return _Tried(
        version=row.version,
        term=term,
        files=frozenset(other.version.file_name for other in rows),
        versions=frozenset(other.version.id for other in rows),
        reader=_reader_of(row.manual.audience),
        before=against,
        after=version_id,
    )


def _reader_of(audience: str) -> Reader:
    """Return who reads what everybody may read, and a manual of this audience."""
    if audience == EVERYONE:
        return EVALUATOR
    named: dict[str, list[str]] = {"section": [], "group": [], "role": []}
    for part in audience_parts(audience):
        kind, _, name = part.partition(":")
        named.setdefault(kind, []).append(name)
    return Reader(
        EVALUATOR.person_id,
        next(iter(named["section"]), None),
        tuple(named["group"]),
        (*EVALUATOR.roles, *named["role"]),
    )


def _is_touched(answers: Quoting, tried: _Tried, case: Case, day: date) -> bool:
    names = {PurePath(file).name for file in tried.files}
    if any(place.file in names for place in case.places):
        return True
    return any(
        hit.chunk.version_id in tried.versions
        for part in asked_parts(case.question, case.turns)
        for draft in (tried.before, tried.after)
        for hit in answers.retriever.search(
            part.searched, reader=tried.reader, as_of=day, draft=draft, limit=RETRIEVED
        )
    )


def _listed(case: WorseCase) -> dict[str, Any]:
    return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(case).items()}
