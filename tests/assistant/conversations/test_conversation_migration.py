"""Conversations and verdicts of the version before are kept, without name and reason."""

from __future__ import annotations

from pathlib import Path

from assistant import tables
from assistant.database import Database, _engine, migrate


def test_what_was_asked_and_judged_before_is_kept(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "chonai.db")
    migrate(engine, "0007")
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        day = "'2026-11-20 00:00:00.000000'"
        run(f"INSERT INTO conversation VALUES ('c', 'ann', 's1', {day}, {day}, 0)")
        run(
            "INSERT INTO answer (id, conversation_id, person_id, section, question, as_of, state, "
            f"asked_at, beat_at) VALUES ('a', 'c', 'ann', '', '問い', '2026-11-20', 'answered', "
            f"{day}, {day})"
        )
        run(f"INSERT INTO feedback VALUES ('a', 'ann', 0, {day})")
    engine.dispose()
    database = Database(tmp_path / "chonai.db")
    with database.read() as connection:
        conversation = connection.execute(tables.conversation.select()).one()
        said = connection.execute(tables.feedback.select()).one()
        asked = connection.execute(tables.answer.select()).one()
    database.close()
    assert (conversation.id, conversation.title, asked.question) == ("c", "", "問い")
    assert (said.helpful, said.reason, said.remark) == (False, "", "")
