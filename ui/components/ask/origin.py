"""How an answer came about, in words: who is to be asked, who wrote, on what, and for which day."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from assistant.domain import Answer
from ui.components.style import note
from ui.components.text import as_html, date_words

_MODE: Final = {
    "extractive": "引用のみ",
    "local": "庁内のローカルモデル",
    "endpoint": "接続先のモデル",
}
ALL_GROUNDED: Final = "すべての文に根拠があります。"
STAYED: Final = "質問はこのサーバーの外に出ていません。"


def origin_lines(answer: Answer) -> list[str]:
    """Return the lines under an answer, without those that do not apply."""
    parts = [
        owner_words(answer),
        grounds_words(answer),
        f"回答のしかた：{mode_words(answer)}",
        destination_words(answer),
        f"基準日：{date_words(answer.as_of)}",
    ]
    return [part for part in parts if part]


def origin_html(answer: Answer) -> str:
    """Return the lines with whom to ask first and larger: it is what a person looks for."""
    owner = owner_words(answer)
    asked = f'<p class="chonai-owner">{as_html(owner)}</p>' if owner else ""
    others = "".join(note(as_html(line)) for line in origin_lines(answer) if line != owner)
    return f'{asked}<div class="chonai-origin">{others}</div>'


def owner_words(answer: Answer) -> str:
    """Return the section to ask, with its extension; "" where none is known."""
    if answer.owner is None:
        return ""
    extension = f"（内線 {answer.owner.extension}）" if answer.owner.extension else ""
    return f"担当：{answer.owner.section}{extension}"


def mode_words(answer: Answer) -> str:
    """Return how the answer was made, with the model's name where a model wrote."""
    model = f"：{answer.model}" if answer.model and answer.mode != "extractive" else ""
    return _MODE[answer.mode] + model


def grounds_words(answer: Answer) -> str:
    """Return whether all that a model wrote had its grounds, "" where no model's text is shown.

    In the body the passage's own words stand in place of a sentence without grounds, once each;
    a summary is only shortened.
    """
    if not any(s.kind == "written" for s in (*answer.sentences, *answer.summary)):
        return ""
    if not answer.replaced:
        return ALL_GROUNDED
    own_words = () if answer.summary else answer.sentences
    instead = sum(sentence.kind == "quoted" for sentence in own_words)
    left_out = answer.replaced - instead
    told = f"根拠と合わなかったAIの文が{answer.replaced}つありました。"
    if not instead:
        return told + "その文は示さず、根拠のある文だけを示しています。"
    told += f"{instead}つは、代わりにマニュアルの記載を「」で示しています。"
    return told + (f"{left_out}つは省きました。" if left_out > 0 else "")


def destination_words(answer: Answer) -> str:
    """Return where the question went; "" for answers of the time when that was not kept."""
    if answer.sent_to is None:
        return ""
    if not answer.sent_to or _is_this_machine(answer.sent_to):
        return STAYED
    return f"質問は、設定された接続先（{answer.sent_to}）に送られました。"


def _is_this_machine(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:  # a name, which may be any machine's
        return False
