"""Manuals with their versions, pages, chunks and vectors, and what is still wanted of them."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from assistant.tables.base import metadata

manual = Table(
    "manual",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("category", String, nullable=False, default=""),
    Column("owner_section", String, nullable=False, default=""),
    Column("owner_extension", String, nullable=False, default=""),
    Column("audience", String, nullable=False, default="everyone"),
    # The day on which owner and audience were last said: section names mean those of that day.
    Column("described_on", Date, nullable=False),
    Column("review_on", Date),
)

manual_version = Table(
    "manual_version",
    metadata,
    Column("id", String, primary_key=True),
    Column("manual_id", ForeignKey("manual.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("effective_from", Date),
    Column("effective_to", Date),
    Column("file_name", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("reading", String, nullable=False),
    Column("uploaded_by", String, nullable=False),
    Column("published_at", String),
    Column("publish_on", Date),
    Column("counted_by", String, nullable=False, default=""),
    Column("transition_note", Text, nullable=False, default=""),
    Column("change_note", Text, nullable=False, default=""),
    Column("uploaded_at", String),
    Column("published_by", String, nullable=False, default=""),
    Column("withdrawn_at", String),
    Column("withdrawn_by", String, nullable=False, default=""),
    Column("withdrawn_reason", Text, nullable=False, default=""),
    # The folder from which the file was imported, so that one that has gone is noticed.
    Column("origin", String, nullable=False, default=""),
    # What the version will say of its manual once it is published, as JSON.
    Column("description", Text, nullable=False, default=""),
    UniqueConstraint("manual_id", "number", "revision"),
)

page = Table(
    "page",
    metadata,
    Column("version_id", ForeignKey("manual_version.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("number", Integer),
    Column("label", String),
    Column("text", Text, nullable=False),
    Column("method", String, nullable=False),
)

chunk = Table(
    "chunk",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("version_id", ForeignKey("manual_version.id"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("heading_path", Text, nullable=False),
    Column("first_page", Integer),
    Column("last_page", Integer),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_hash", String, nullable=False),
    Column("heading_hash", String, nullable=False),
    Column("spans", Text, nullable=False),
)

# What a chunk refers to: 契約規則第5条 is target 契約規則, place article:5, text[start:end].
chunk_reference = Table(
    "chunk_reference",
    metadata,
    Column("chunk_id", ForeignKey("chunk.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("target", String),
    Column("kind", String, nullable=False),
    Column("number", String, nullable=False),
    Column("place", String, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)

# Where the places of a version begin; 別表 and 様式 may have their heading and their table.
chunk_place = Table(
    "chunk_place",
    metadata,
    Column("place", String, primary_key=True),
    Column("version_id", ForeignKey("manual_version.id"), primary_key=True),
    Column("chunk_id", ForeignKey("chunk.id", ondelete="CASCADE"), primary_key=True, index=True),
)

vector = Table(
    "vector",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("text_hash", String, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

vector_collection = Table(
    "vector_collection",
    metadata,
    Column("role", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("fingerprint", String, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)

# A manual that the city wants to have, whether or not it is there yet.
wanted_manual = Table(
    "wanted_manual",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("title", String, nullable=False),
    Column("section", String, nullable=False, default=""),
    Column("category", String, nullable=False, default=""),
    Column("wanted_by", Date),
    Column("note", Text, nullable=False, default=""),
    Column("manual_id", ForeignKey("manual.id", ondelete="SET NULL")),
    UniqueConstraint("title", "section"),
)

# How many manuals the city wants; `section` "" is the whole city.
library_goal = Table(
    "library_goal",
    metadata,
    Column("section", String, primary_key=True),
    Column("manuals", Integer, nullable=False),
    Column("reach_by", Date),
)

# What the question sets said of a version before it was published; `document` is JSON.
version_trial = Table(
    "version_trial",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("version_id", ForeignKey("manual_version.id"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("by_name", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("decision", String, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("words", Text, nullable=False),
    Column("document", Text, nullable=False),
)
