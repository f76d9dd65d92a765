"""The tables of the database as SQLAlchemy sees them; migrations create and change them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
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
    Column("name", String, nullable=False, default=""),
    Column("disabled_at", DateTime),
)

# A sign-in name (職員番号) belongs to a person from valid_from until the day before valid_to.
identity = Table(
    "identity",
    metadata,
    Column("sign_in_name", String, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
)

# Where a person works from a day on; the section's name is the one of that day.
posting = Table(
    "posting",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("section", String, nullable=False),
    Column("employment", String, nullable=False, default=""),
)

group_member = Table(
    "group_member",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("name", String, primary_key=True),
)

# `section` bounds the role of an editor or a leader; `source` is who says so: chonai, oidc, ldap.
role_grant = Table(
    "role_grant",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("role", String, primary_key=True),
    Column("section", String, primary_key=True, default=""),
    Column("source", String, primary_key=True, default="chonai"),
    Column("granted_on", Date, nullable=False),
)

# One line of a reorganisation: what `old` did is done by `new` from the day on. The heir takes
# over the manuals and the people that nobody moves elsewhere; `manual_id` names one that goes
# another way.
section_change = Table(
    "section_change",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("takes_effect", Date, nullable=False),
    Column("old", String, nullable=False),
    Column("new", String, nullable=False),
    Column("heir", Boolean, nullable=False),
    Column("manual_id", ForeignKey("manual.id")),
)

credential = Table(
    "credential",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("password_hash", String),
    Column("must_change", Boolean, nullable=False, default=False),
    Column("pin_hash", String),
    Column("changed_at", DateTime, nullable=False),
)

# By the hash of what was typed as a number, so that numbers nobody has are delayed as well.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("name_hash", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", DateTime, nullable=False),
    Column("blocked_until", DateTime),
)

terminal = Table(
    "terminal",
    metadata,
    Column("id", String, primary_key=True),
    Column("token_hash", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("marked_at", DateTime, nullable=False),
    Column("marked_by", String, nullable=False),
    Column("ended_at", DateTime),
)

# `id` names a session to pages and people, the token behind `token_hash` opens it.
session = Table(
    "session",
    metadata,
    Column("id", String, primary_key=True),
    Column("token_hash", String, nullable=False, unique=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("sign_in_name", String, nullable=False),
    Column("method", String, nullable=False),
    Column("device", String, nullable=False, default=""),
    Column("terminal_id", ForeignKey("terminal.id")),
    Column("must_change", Boolean, nullable=False, default=False),
    Column("started_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Column("confirmed_at", DateTime, nullable=False),
    Column("expires_at", DateTime, nullable=False),
    Column("ended_at", DateTime),
)

one_time_link = Table(
    "one_time_link",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("purpose", String, nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("expires_at", DateTime, nullable=False),
    Column("used_at", DateTime),
)

# Append-only: triggers refuse UPDATE and DELETE, but of segments whose time of keeping is over.
audit_event = Table(
    "audit_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False, index=True),
    Column("actor", String, nullable=False),
    Column("actor_name", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", String, nullable=False),
)

# One calendar month of the trail, closed: events first_id to last_id, whose last hash is `head`.
audit_segment = Table(
    "audit_segment",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("month", String, nullable=False),
    Column("first_id", Integer, nullable=False),
    Column("last_id", Integer, nullable=False),
    Column("head", String, nullable=False),
    Column("sealed_at", String, nullable=False),
    Column("removed_at", String),
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

generation = Table(
    "generation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("model", String, nullable=False),
    Column("first_sentence_seconds", Float),
    Column("at", DateTime, nullable=False),
)

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
