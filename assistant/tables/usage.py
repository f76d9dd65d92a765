"""The ledger of use, its frozen weeks, and what is worked out from them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from assistant.tables.base import metadata

# Append-only. `number` is the 職員番号 in another system's log; `person_id` is "" while nobody is
# known by it. `manual` and `category` are those of the first citation on the day of the question.
usage_event = Table(
    "usage_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("answer_id", String, nullable=False, unique=True),
    Column("person_id", String, nullable=False),
    Column("section", String, nullable=False, default=""),
    Column("source", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("occurred_at", String, nullable=False),
    Column("week", String, nullable=False, index=True),
    Column("outcome", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("model_wrote", Boolean, nullable=False),
    Column("shown", Boolean, nullable=False),
    Column("qualifying", Boolean, nullable=False),
    Column("evidence_seconds", Float),
    Column("seconds", Float),
    Column("number", String, nullable=False, default=""),
    Column("manual", String, nullable=False, default=""),
    Column("category", String, nullable=False, default=""),
    Column("recorded_at", String, nullable=False, default=""),
    Index(
        "usage_event_unresolved",
        "source",
        "number",
        sqlite_where=text("person_id = ''"),
        postgresql_where=text("person_id = ''"),
    ),
)

# Append-only, one chain: frozen weeks, adjustments, and every decision that a count rests on
# (exclusions, people who are one, numbers that found their person, the official value).
usage_entry = Table(
    "usage_entry",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("kind", String, nullable=False, index=True),
    Column("subject", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String, nullable=False, unique=True),
    Column("hash", String, nullable=False),
    Index(
        "usage_week_once",
        "subject",
        unique=True,
        sqlite_where=text("kind = 'week'"),
        postgresql_where=text("kind = 'week'"),
    ),
)

# Worked out from events and entries when a week is frozen or adjusted, so that pages need not.
usage_week_person = Table(
    "usage_week_person",
    metadata,
    Column("week", String, primary_key=True),
    Column("person_id", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("section", String, nullable=False),
    Column("events", Integer, nullable=False),
    Column("written", Boolean, nullable=False),
    Column("excluded", Boolean, nullable=False),
)

usage_week_figure = Table(
    "usage_week_figure",
    metadata,
    Column("week", String, primary_key=True),
    Column("figure", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("questions", Integer, nullable=False),
)

# Who was asked how many minutes an answer saved, at which sampling rate, and what they said.
usage_survey = Table(
    "usage_survey",
    metadata,
    Column("answer_id", String, primary_key=True),
    Column("person_id", String, nullable=False, index=True),
    Column("offered_at", DateTime, nullable=False),
    Column("rate", Float, nullable=False),
    Column("replied_at", DateTime),
    Column("band", String),
)

# What the section in charge writes beside a report: plan, do, check, act.
usage_remark = Table(
    "usage_remark",
    metadata,
    Column("period", String, primary_key=True),
    Column("part", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    Column("changed_by", String, nullable=False),
)
