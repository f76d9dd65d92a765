"""Roles, and what each of them may do; a page, a route and a command ask here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from assistant.errors import UsageError

Role = Literal["staff", "editor", "evaluator", "administrator", "auditor", "leader"]
Task = Literal[
    "ask",
    "manage_manuals",
    "manage_all_manuals",
    "evaluate",
    "see_usage",
    "see_section_usage",
    "manage_people",
    "read_audit",
]
ROLE_WORDS: Final[dict[Role, str]] = {
    "staff": "職員",
    "editor": "編集者",
    "evaluator": "評価者",
    "administrator": "管理者",
    "auditor": "監査担当",
    "leader": "DX推進リーダー",
}
OF_A_SECTION: Final[frozenset[Role]] = frozenset({"editor", "leader"})
"""Roles that are held for one section."""

_TASKS: Final[dict[Role, frozenset[Task]]] = {
    "staff": frozenset({"ask"}),
    "editor": frozenset({"manage_manuals"}),
    "evaluator": frozenset({"evaluate"}),
    "administrator": frozenset(
        {"manage_manuals", "manage_all_manuals", "evaluate", "see_usage", "manage_people",
         "read_audit"}
    ),
    "auditor": frozenset({"see_usage", "read_audit"}),
    "leader": frozenset({"see_section_usage"}),
}  # fmt: skip


@dataclass(frozen=True)
class RoleGrant:
    """A role somebody holds; `section` is "" for a role that is not held for a section."""

    role: Role
    section: str = ""

    @property
    def words(self) -> str:
        """The role as staff call it: 編集者（総務課）."""
        return ROLE_WORDS[self.role] + (f"（{self.section}）" if self.section else "")


def tasks_of(grants: tuple[RoleGrant, ...]) -> frozenset[Task]:
    """Return what the roles together allow."""
    return frozenset().union(*(_TASKS[grant.role] for grant in grants))


def checked_grant(role: str, section: str) -> RoleGrant:
    """Return a role that can be given; raises UsageError if unknown or without its section."""
    for known in get_args(Role):
        if role in (known, ROLE_WORDS[known]) and known != "staff":
            if known in OF_A_SECTION and not section.strip():
                raise UsageError(
                    f"{ROLE_WORDS[known]}の役割には課の名前が必要です。課を指定してください。"
                )
            return RoleGrant(known, section.strip() if known in OF_A_SECTION else "")
    names = "、".join(f"{r}（{ROLE_WORDS[r]}）" for r in get_args(Role) if r != "staff")
    raise UsageError(f"役割「{role}」はありません。次のどれかを指定してください: {names}。")
