"""First shape: manuals, vectors, answers and the usage ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_GLOSSARY = (
    ("有休", "年次有給休暇"),
    ("年休", "年次有給休暇"),
    ("有給", "年次有給休暇"),
    ("随契", "随意契約"),
    ("一般競争", "一般競争入札"),
    ("指名競争", "指名競争入札"),
    ("長継", "長期継続契約"),
    ("超勤", "時間外勤務"),
    ("残業", "時間外勤務"),
    ("育休", "育児休業"),
    ("産休", "産前産後休暇"),
    ("病休", "病気休暇"),
    ("特休", "特別休暇"),
    ("年調", "年末調整"),
    ("会任", "会計年度任用職員"),
    ("見積もりを取る", "見積合せ"),
    ("相見積もり", "見積合せ"),
    ("相見積", "見積合せ"),
    ("見積もり", "見積書"),
    ("副業", "兼業"),
    ("アルバイト", "兼業"),
    ("出張費", "旅費"),
    ("宿代", "宿泊費"),
    ("ホテル代", "宿泊費"),
    ("通勤費", "通勤手当"),
    ("家賃", "住居手当"),
    ("前払い", "前金払"),
)


def upgrade() -> None:
    """Create all tables, the keyword index, and the triggers that guard the ledger."""
    op.create_table(
        "manual",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("owner_section", sa.String, nullable=False),
        sa.Column("owner_extension", sa.String, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
    )
    op.create_table(
        "manual_version",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("manual_id", sa.String, sa.ForeignKey("manual.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("effective_from", sa.Date),
        sa.Column("effective_to", sa.Date),
        sa.Column("file_name", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("reading", sa.String, nullable=False),
        sa.Column("uploaded_by", sa.String, nullable=False),
        sa.Column("published_at", sa.String),
        sa.UniqueConstraint("manual_id", "number", "revision"),
    )
    op.create_table(
        "page",
        sa.Column("version_id", sa.String, sa.ForeignKey("manual_version.id"), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer),
        sa.Column("label", sa.String),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("method", sa.String, nullable=False),
    )
    op.create_table(
        "chunk",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("version_id", sa.String, sa.ForeignKey("manual_version.id"), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("heading_path", sa.Text, nullable=False),
        sa.Column("first_page", sa.Integer),
        sa.Column("last_page", sa.Integer),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_hash", sa.String, nullable=False),
        sa.Column("heading_hash", sa.String, nullable=False),
        sa.Column("spans", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_chunk_version_id", "chunk", ["version_id"])
    op.create_table(
        "vector",
        sa.Column("fingerprint", sa.String, primary_key=True),
        sa.Column("text_hash", sa.String, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "vector_collection",
        sa.Column("role", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    terms = op.create_table(
        "glossary",
        sa.Column("term", sa.String, primary_key=True),
        sa.Column("meaning", sa.String, primary_key=True),
    )
    op.bulk_insert(terms, [{"term": term, "meaning": meaning} for term, meaning in _GLOSSARY])
    _create_people_and_answers()
    _create_ledger()
    op.execute(
        "CREATE VIRTUAL TABLE keyword_row USING fts5("
        'forms, tokenize="unicode61 remove_diacritics 0")'
    )
    op.execute("CREATE VIRTUAL TABLE keyword_term USING fts5vocab(keyword_row, 'row')")


def _create_people_and_answers() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "identity",
        sa.Column("sign_in_name", sa.String, primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date),
        sa.Column("person_id", sa.String, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("section", sa.String, nullable=False),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("browser_session", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("touched_at", sa.DateTime, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
    )
    op.create_index(
        "conversation_owner", "conversation", ["person_id", "browser_session", "touched_at"]
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("conversation_id", sa.String, sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("section", sa.String, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("snapshot", sa.Text),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("beat_at", sa.DateTime, nullable=False),
        sa.Column("shown_at", sa.DateTime),
        sa.Column("error", sa.Text),
    )
    op.create_index("ix_answer_conversation_id", "answer", ["conversation_id"])
    op.create_index("ix_answer_state", "answer", ["state"])
    op.create_table(
        "feedback",
        sa.Column("answer_id", sa.String, sa.ForeignKey("answer.id"), primary_key=True),
        sa.Column("person_id", sa.String, primary_key=True),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("given_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "generation",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("first_sentence_seconds", sa.Float),
        sa.Column("at", sa.DateTime, nullable=False),
    )


def _create_ledger() -> None:
    op.create_table(
        "usage_event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("answer_id", sa.String, nullable=False, unique=True),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("section", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("occurred_at", sa.String, nullable=False),
        sa.Column("week", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("mode", sa.String, nullable=False),
        sa.Column("model_wrote", sa.Boolean, nullable=False),
        sa.Column("shown", sa.Boolean, nullable=False),
        sa.Column("qualifying", sa.Boolean, nullable=False),
        sa.Column("evidence_seconds", sa.Float),
        sa.Column("seconds", sa.Float),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_usage_event_week", "usage_event", ["week"])
    op.create_table(
        "usage_exclusion",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("reason", sa.String, nullable=False),
    )
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER usage_event_refuses_{action.lower()} BEFORE {action} ON usage_event "
            "BEGIN SELECT RAISE(ABORT, 'usage_event is append-only'); END"
        )
