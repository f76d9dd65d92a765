"""The question sets that come with the program, taken into the database as the first ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assistant.database import Database
from assistant.evaluations.sets import KeptSet, QuestionSets
from assistant.people.audit.trail import Actor
from eval.sets.stored_sets import read_cases

_FOLDER: Final = Path(__file__).parents[1] / "questions"
FIRST_SETS: Final[dict[str, tuple[str, ...]]] = {
    "見本マニュアルの質問": (
        "sample_manuals", "sample_manuals_development", "sample_manuals_calibration",
    ),
    "見本マニュアルにない質問など": ("refusal_development",),
    "モデル都市の規程の質問": ("model_city", "model_city_development"),
}  # fmt: skip
"""The files of each set, by the set's name; they ask of the sample manuals."""


def missing_first_sets(database: Database) -> list[str]:
    """Return the names of the first sets that the database does not hold, in any version."""
    known = {kept.name for kept in QuestionSets(database).all()}
    return [name for name in FIRST_SETS if name not in known]


def take_first_sets(database: Database, *, by: Actor) -> Sequence[KeptSet]:
    """Take the first sets that are missing into the database; those that are there stay."""
    sets = QuestionSets(database)
    return [
        sets.replace(
            name,
            [case for stem in FIRST_SETS[name] for case in read_cases(_FOLDER / f"{stem}.jsonl")],
            by=by,
        )
        for name in missing_first_sets(database)
    ]
