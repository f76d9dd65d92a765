"""What a reader may read."""

from __future__ import annotations

from assistant.domain import Reader

OPERATOR_ROLE = "operator"
OPERATOR = Reader("operator", roles=(OPERATOR_ROLE,))
"""Who runs `chonai` on the server: owns the data directory, reads all, never counts as use."""


def may_read(audience: str, reader: Reader) -> bool:
    """Tell whether a manual's audience includes the reader.

    An audience is `everyone`, or a comma-separated list of `section:NAME`, `group:NAME` and
    `role:NAME`, one of which must fit. The operator of the server reads everything.
    """
    if audience.strip() in ("", "everyone") or OPERATOR_ROLE in reader.roles:
        return True
    belongs = {f"section:{reader.section}"} if reader.section else set()
    belongs |= {f"group:{name}" for name in reader.groups}
    belongs |= {f"role:{name}" for name in reader.roles}
    return any(part.strip() in belongs for part in audience.split(","))
