"""Conversations with their answers, how fast models began, and the words that questions use."""

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
    String,
    Table,
    Text,
)

from assistant.tables.base import metadata

glossary = Table(
    "glossary",
    metadata,
    Column("term", String, primary_key=True),
    Column("meaning", String, primary_key=True),
)

# Words that staff want in the glossary; `trial` is what the question sets said, as JSON.
glossary_proposal = Table(
    "glossary_proposal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("term", String, nullable=False),
    Column("meaning", String, nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("state", String, nullable=False, index=True),
    Column("proposed_at", DateTime, nullable=False),
    Column("proposed_by", String, nullable=False),
    Column("proposed_by_name", String, nullable=False),
    Column("decided_at", DateTime),
    Column("decided_by_name", String, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("trial", Text),
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
    Column("title", String, nullable=False, default=""),
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
    Column("trial", Boolean, nullable=False, default=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    Column("person_id", String, primary_key=True),
    Column("helpful", Boolean, nullable=False),
    Column("given_at", DateTime, nullable=False),
    Column("reason", String, nullable=False, default=""),
    Column("remark", Text, nullable=False, default=""),
)

generation = Table(
    "generation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("model", String, nullable=False),
    Column("first_sentence_seconds", Float),
    Column("at", DateTime, nullable=False),
)
