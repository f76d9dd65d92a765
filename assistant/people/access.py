"""What a reader may read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from assistant.domain import Reader
from assistant.errors import UsageError
from assistant.people.roles import ROLE_WORDS, Role

EVERYONE: Final = "everyone"
OPERATOR_ROLE: Final = "operator"
OPERATOR: Final = Reader("operator", roles=(OPERATOR_ROLE,))
"""Who runs `chonai` on the server: owns the data directory, reads all, never counts as use."""

_KINDS: Final = {"section": "課", "group": "グループ", "role": "役割"}


def may_read(audience: str, reader: Reader) -> bool:
    """Tell whether a manual's audience includes the reader.

    An audience is `everyone`, or a comma-separated list of `section:NAME`, `group:NAME` and
    `role:NAME`, one of which must fit. The operator of the server reads everything.
    """
    if audience.strip() in ("", EVERYONE) or OPERATOR_ROLE in reader.roles:
        return True
    belongs = {f"section:{reader.section}"} if reader.section else set()
    belongs |= {f"group:{name}" for name in reader.groups}
    belongs |= {f"role:{name}" for name in reader.roles}
    return any(part in belongs for part in audience_parts(audience))


def audience_parts(audience: str) -> Iterator[str]:
    """Return the parts of an audience, spaces around names and commas removed."""
    for part in audience.split(","):
        kind, colon, name = part.partition(":")
        if part.strip():
            yield f"{kind.strip()}{colon}{name.strip()}"


def checked_audience(audience: str) -> str:
    """Return an audience in its one spelling; raises UsageError for what cannot be meant."""
    parts = list(dict.fromkeys(audience_parts(audience.replace("、", ","))))
    if not parts or parts == [EVERYONE]:
        return EVERYONE
    for part in parts:
        kind, _, name = part.partition(":")
        known = kind in _KINDS and bool(name)
        if not known or (kind == "role" and name not in get_args(Role)):
            raise UsageError(
                f"閲覧範囲「{part}」を読めません。everyone（全員）か、section:課名・group:"
                "グループ名・role:役割（"
                + "・".join(role for role in get_args(Role))
                + "）をコンマで区切って書いてください。"
            )
    return ",".join(parts)


def audience_words(audience: str) -> str:
    """Return an audience as people say it: 全員, 総務課, グループ「文書担当」, 管理者."""
    words = []
    for part in audience_parts(audience):
        kind, _, name = part.partition(":")
        if kind == "group":
            words.append(f"グループ「{name}」")
        elif kind == "role":
            words.append(next((ROLE_WORDS[r] for r in get_args(Role) if r == name), name))
        else:
            words.append(name if kind == "section" else "全員")
    return "、".join(words) or "全員"
