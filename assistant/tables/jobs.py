"""Work in the background."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from assistant.tables.base import metadata

# `dedup` names work of which one job at a time is enough; several workers claim jobs here.
job = Table(
    "job",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("title", String, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("dedup", String, nullable=False, default=""),
    Column("state", String, nullable=False, index=True),
    Column("step", String, nullable=False, default=""),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("cancel_requested", Boolean, nullable=False, default=False),
    Column("created_at", DateTime, nullable=False, index=True),
    Column("created_by", String, nullable=False),
    Column("created_by_name", String, nullable=False, default=""),
    Column("run_after", DateTime),
    Column("claimed_by", String),
    Column("beat_at", DateTime),
    Column("started_at", DateTime),
    Column("ended_at", DateTime),
    Column("result", Text),
    Column("error", Text, nullable=False, default=""),
    Index(
        "job_open_once",
        "kind",
        "dedup",
        unique=True,
        sqlite_where=text("dedup <> '' AND state IN ('waiting', 'running')"),
        postgresql_where=text("dedup <> '' AND state IN ('waiting', 'running')"),
    ),
)

job_line = Table(
    "job_line",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("job_id", ForeignKey("job.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("text", Text, nullable=False),
)
