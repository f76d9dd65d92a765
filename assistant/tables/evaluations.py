"""Question sets, runs over them, and verdicts."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from assistant.tables.base import metadata

# A question set of the office; a frozen one never changes, a change of it is its next version.
# `hash` is over the approved cases.
evaluation_set = Table(
    "evaluation_set",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("created_by_name", String, nullable=False),
    Column("frozen_at", DateTime),
    Column("frozen_by_name", String, nullable=False, default=""),
    Column("frozen_reason", Text, nullable=False, default=""),
    UniqueConstraint("name", "version"),
)

# `row` is the case as a line of a question set file says it; only approved ones are asked.
evaluation_case = Table(
    "evaluation_case",
    metadata,
    Column("set_id", ForeignKey("evaluation_set.id", ondelete="CASCADE"), primary_key=True),
    Column("case_id", String, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("origin", String, nullable=False, default=""),
    Column("row", Text, nullable=False),
    Column("approved_at", DateTime),
    Column("approved_by_name", String, nullable=False, default=""),
)

# `conditions` is all that is needed to repeat the run, as JSON.
evaluation_run = Table(
    "evaluation_run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("set_name", String, nullable=False, index=True),
    Column("set_version", Integer),
    Column("set_hash", String, nullable=False),
    Column("state", String, nullable=False),
    Column("conditions", Text, nullable=False),
    Column("sample", Integer),
    Column("seed", Integer, nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("started_by_name", String, nullable=False),
    Column("ended_at", DateTime),
    Column("stop_requested", Boolean, nullable=False, default=False),
)

# The case as it was asked stands here too: a set may change while it is open.
evaluation_result = Table(
    "evaluation_result",
    metadata,
    Column("run_id", ForeignKey("evaluation_run.id", ondelete="CASCADE"), primary_key=True),
    Column("case_id", String, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("row", Text, nullable=False),
    Column("result", Text),
    Column("answered_at", DateTime),
)

evaluation_verdict = Table(
    "evaluation_verdict",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("case_id", String, primary_key=True),
    Column("person_id", String, primary_key=True),
    Column("person_name", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("given_at", DateTime, nullable=False),
    ForeignKeyConstraint(
        ["run_id", "case_id"],
        ["evaluation_result.run_id", "evaluation_result.case_id"],
        ondelete="CASCADE",
    ),
)

# What a judge model says of a case; `verdict` is empty where its judgement failed (`error`).
evaluation_model_verdict = Table(
    "evaluation_model_verdict",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("case_id", String, primary_key=True),
    Column("model", String, primary_key=True),
    Column("verdict", String, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("error", Text, nullable=False, default=""),
    Column("instructions", String, nullable=False),
    Column("given_at", DateTime, nullable=False),
    ForeignKeyConstraint(
        ["run_id", "case_id"],
        ["evaluation_result.run_id", "evaluation_result.case_id"],
        ondelete="CASCADE",
    ),
)
