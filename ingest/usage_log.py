"""Reads another system's log of use (職員番号, 日時 …) from CSV or Excel; names wrong lines."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from assistant.calendar import TOKYO
from assistant.errors import UnusableList, UsageError
from assistant.japanese.days import read_day
from assistant.people.numbers import checked_number
from assistant.usage.importing import LogLine
from ingest.list_file import ListColumn, ListLine, read_list

COLUMNS: Final = (
    ListColumn("number", ("職員番号", "番号", "利用者", "ユーザーID", "user", "user_id", "number")),
    ListColumn("at", ("日時", "利用日時", "時刻", "timestamp", "time", "datetime", "created_at")),
    ListColumn("key", ("識別番号", "記録番号", "会話ID", "id", "request_id"), required=False),
    ListColumn("answered", ("結果", "status"), required=False),
    ListColumn("written", ("AIの文", "生成", "model_wrote"), required=False),
)
_REFUSED: Final = (
    "利用記録に直すところがあります。何も登録していません。直してからやり直してください。"
)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?")
_YES: Final = frozenset({"", "1", "true", "yes", "ok", "success", "成功", "完了", "あり", "はい"})
_NO: Final = frozenset(
    {"0", "false", "no", "ng", "error", "failed", "失敗", "エラー", "なし", "いいえ"}
)


@dataclass(frozen=True)
class UsageLog:
    """The lines of a log and the SHA-256 of its file."""

    lines: tuple[LogLine, ...]
    sha256: str


def read_usage_log(content: bytes) -> UsageLog:
    """Read a log; raises UnusableList with every problem, and UnreadableManual.

    A time without a zone is that of Tokyo. A line without 結果 has got its answer, one without
    AIの文 an answer that a model wrote.
    """
    problems: list[str] = []
    found = [_line(line, problems) for line in read_list(content, COLUMNS)]
    if problems:
        raise UnusableList(_REFUSED, problems)
    lines = tuple(line for line in found if line is not None)
    return UsageLog(lines, hashlib.sha256(content).hexdigest())


def read_moment(text: str) -> datetime:
    """Return an aware time: 2026-11-27T09:05:00Z, 2026/11/27 9:05, 令和8年11月27日 9:05.

    Raises ValueError. A time without a zone is that of Tokyo.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        day, _, clock = plain.rpartition(" ")
        parts = _CLOCK.fullmatch(clock)
        if parts is None:
            raise
        hour, minute, second = (int(part or 0) for part in parts.groups())
        found = datetime.combine(read_day(day), time(hour, minute, second))
    else:
        if ":" not in plain and "T" not in plain:
            raise ValueError("a day without a time")
    return found if found.tzinfo else found.replace(tzinfo=TOKYO)


def _line(line: ListLine, problems: list[str]) -> LogLine | None:
    values, wrong = line.values, []
    try:
        number = checked_number(values["number"])
    except UsageError as error:
        number = ""
        wrong.append(str(error) if values["number"] else "職員番号が空です。")
    try:
        at = read_moment(values["at"])
    except (ValueError, OverflowError):
        at = None
        wrong.append(
            f"日時「{values['at'][:40]}」を読めません。2026-11-27 09:05:00 の形で書いてください。"
        )
    answered = _yes(values.get("answered", ""), "結果", wrong)
    written = _yes(values.get("written", ""), "AIの文", wrong)
    problems += [f"{line.number}行目: {words}" for words in wrong]
    if wrong or at is None:
        return None
    return LogLine(line.number, number, at, values.get("key", ""), answered, written)


def _yes(text: str, what: str, wrong: list[str]) -> bool:
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in _YES:
        return True
    if plain not in _NO:
        wrong.append(f"{what}「{text[:40]}」を読めません。成功・失敗 か 1・0 で書いてください。")
    return False
