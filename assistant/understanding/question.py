"""What a question is: text that can be searched for, checked before anything is done with it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from assistant.errors import InvalidQuestion

_JAPANESE: Final = re.compile(r"[\u3041-\u30fa\u3400-\u9fff]")
_WORDS: Final = re.compile(r"[A-Za-z]{3,}")
_NOT_JAPANESE: Final = (
    "No passage was found for this question. Please ask it in Japanese as well."
    "（日本語以外の質問では、見つからないことがあります。日本語でもお試しください。）"
)


def checked_question(text: str, *, most_characters: int) -> str:
    """Return the question without surrounding space; raises InvalidQuestion with what to do."""
    question = text.strip()
    if not question:
        raise InvalidQuestion("質問が空です。知りたいことを文で入力してください。")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in "\n\t\r" for c in question):
        raise InvalidQuestion(
            "質問に使えない文字（制御文字）が含まれています。文字を入力し直してください。"
        )
    if len(question) > most_characters:
        raise InvalidQuestion(
            f"質問が長すぎます（{len(question):,} 文字）。{most_characters:,} 文字以内に"
            "短くしてください。"
        )
    if not re.search(r"\w", question):
        raise InvalidQuestion("質問の言葉が読み取れません。知りたいことを文で入力してください。")
    return question


def language_notice(question: str) -> str:
    """Return what to say to a question in another language that nothing was found for, or ""."""
    foreign = _WORDS.search(question) and not _JAPANESE.search(question)
    return _NOT_JAPANESE if foreign else ""
