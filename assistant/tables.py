"""The tables of the database as SQLAlchemy sees them; migrations create and change them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

manual = Table(
    "manual",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("category", String, nullable=False, default=""),
    Column("owner_section", String, nullable=False, default=""),
    Column("owner_extension", String, nullable=False, default=""),
    Column("audience", String, nullable=False, default="everyone"),
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

glossary = Table(
    "glossary",
    metadata,
    Column("term", String, primary_key=True),
    Column("meaning", String, primary_key=True),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("id", String, primary_key=True),
    Column("created_at", DateTime, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    Column("sign_in_name", String, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("section", String, nullable=False, default=""),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", String, primary_key=True),
    Column("person_id", String, nullable=False),
    Column("browser_session", String, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("touched_at", DateTime, nullable=False),
    Column("closed", Boolean, nullable=False, default=False),
    Index("conversation_owner", "person_id", "browser_session", "touched_at"),
)

answer = Table(
    "answer",
    metadata,
    Column("id", String, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("person_id", String, nullable=False),
    Column("section", String, nullable=False, default=""),
    Column("question", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("snapshot", Text),
    Column("asked_at", DateTime, nullable=False),
    Column("beat_at", DateTime, nullable=False),
    Column("shown_at", DateTime),
    Column("error", Text),
)

feedback = Table(
    "feedback",
    metadata,
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    Column("person_id", String, primary_key=True),
    Column("helpful", Boolean, nullable=False),
    Column("given_at", DateTime, nullable=False),
)

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
)

usage_exclusion = Table(
    "usage_exclusion",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person_id", String, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("reason", String, nullable=False),
)

generation = Table(
    "generation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("model", String, nullable=False),
    Column("first_sentence_seconds", Float),
    Column("at", DateTime, nullable=False),
)
