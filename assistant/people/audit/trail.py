"""The audit trail: what was done to rights, manuals, settings and records, by whom, in a chain.

Each event carries a hash over itself and the hash before it; UPDATE and DELETE are refused by
triggers. An event is written in the transaction of the change that it tells of, so that neither
stands without the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final, Literal

from sqlalchemy import Connection, insert, select

from assistant import calendar, tables
from assistant.append_only import BEGINNING, ChainHead, chained_hash, storable
from assistant.database import Database

Action = Literal[
    "sign_in",
    "sign_in.failed",
    "sign_out",
    "session.end",
    "password.change",
    "password.reset",
    "pin.change",
    "link.made",
    "person.add",
    "person.change",
    "person.disable",
    "person.enable",
    "person.transfer",
    "role.grant",
    "role.revoke",
    "group.join",
    "group.leave",
    "terminal.mark",
    "terminal.end",
    "staff.import",
    "sections.change",
    "sections.withdraw",
    "manual.draft",
    "manual.discard",
    "manual.schedule",
    "manual.trial",
    "manual.publish",
    "manual.roll_back",
    "manual.withdraw",
    "manual.change",
    "goal.change",
    "glossary.propose",
    "glossary.accept",
    "glossary.decline",
    "glossary.remove",
    "evaluation.set",
    "evaluation.verdict",
    "evaluation.unblind",
    "original.open",
    "settings.change",
    "command",
    "export",
    "usage.change",
    "usage.import",
    "usage.simulate",
    "audit.seal",
    "audit.remove",
]
ACTION_WORDS: Final[dict[Action, str]] = {
    "sign_in": "サインイン",
    "sign_in.failed": "サインインの失敗",
    "sign_out": "サインアウト",
    "session.end": "セッションの終了",
    "password.change": "パスワードの変更",
    "password.reset": "パスワードの再発行",
    "pin.change": "暗証番号の変更",
    "link.made": "一度だけのリンクの発行",
    "person.add": "利用者の追加",
    "person.change": "利用者の変更",
    "person.disable": "利用の停止",
    "person.enable": "利用の再開",
    "person.transfer": "異動",
    "role.grant": "役割の付与",
    "role.revoke": "役割の取消し",
    "group.join": "グループへの追加",
    "group.leave": "グループからの削除",
    "terminal.mark": "共用端末の登録",
    "terminal.end": "共用端末の解除",
    "staff.import": "職員名簿の取込み",
    "sections.change": "組織改正の登録",
    "sections.withdraw": "組織改正の取消し",
    "manual.draft": "マニュアルの下書きの登録",
    "manual.discard": "マニュアルの下書きの破棄",
    "manual.schedule": "マニュアルの公開の予約・取消し",
    "manual.trial": "公開前の質問集での確認",
    "manual.publish": "マニュアルの公開",
    "manual.roll_back": "マニュアルを前の版に戻した",
    "manual.withdraw": "マニュアルの取下げ",
    "manual.change": "マニュアルの所管・閲覧範囲などの変更",
    "goal.change": "マニュアル整備の目標の変更",
    "glossary.propose": "用語の提案",
    "glossary.accept": "用語の採用",
    "glossary.decline": "用語の見送り",
    "glossary.remove": "用語の削除",
    "evaluation.set": "質問集の変更・凍結",
    "evaluation.verdict": "回答の判定",
    "evaluation.unblind": "判定の前に結果を見た",
    "original.open": "原本を開いた",
    "settings.change": "設定の変更",
    "command": "コマンドの実行",
    "export": "記録の書き出し",
    "usage.change": "利用状況の数え方の変更",
    "usage.import": "利用記録の取込み",
    "usage.simulate": "利用状況の模擬データの作成",
    "audit.seal": "監査記録の封印",
    "audit.remove": "保存期間を過ぎた監査記録の削除",
}


@dataclass(frozen=True)
class Actor:
    """Who does something: a person with the number used to sign in, the operator, the system."""

    person_id: str
    name: str


OPERATOR_ACTOR: Final = Actor("operator", "サーバーの運用者")
SYSTEM_ACTOR: Final = Actor("system", "システム")


@dataclass(frozen=True)
class AuditEvent:
    """One line of the trail; `at` is an ISO instant in UTC, `detail` what else is to be known."""

    id: int
    at: str
    actor: str
    actor_name: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    hash: str


def append_event(
    connection: Connection,
    actor: Actor,
    action: Action,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append an event within the caller's writing transaction.

    Never give it a password, a token, or the text of a question.
    """
    values = {
        "at": calendar.now().astimezone(UTC).isoformat(timespec="milliseconds"),
        "actor": storable(actor.person_id),
        "actor_name": storable(actor.name),
        "action": action,
        "subject": storable(subject),
        "detail": storable(
            json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str)
        ),
    }
    values["hash"] = event_hash(chain_head(connection).hash, values)
    connection.execute(insert(tables.audit_event), values)


def chain_head(connection: Connection) -> ChainHead:
    """Return where the chain ends; with no event left, where the last removed segment ended."""
    event, segment = tables.audit_event.c, tables.audit_segment.c
    latest = connection.execute(
        select(event.id, event.hash).order_by(event.id.desc()).limit(1)
    ).first()
    if latest is None:  # the segments before may have been removed: the chain goes on from them
        latest = connection.execute(
            select(segment.last_id, segment.head).order_by(segment.id.desc()).limit(1)
        ).first()
    return ChainHead(0, BEGINNING) if latest is None else ChainHead(*latest)


def event_hash(previous: str, values: Mapping[str, Any]) -> str:
    """Return the SHA-256 (64 hexadecimal digits) over the hash before and an event's own values."""
    names = ("at", "actor", "actor_name", "action", "subject", "detail")
    return chained_hash(previous, [str(values[name]) for name in names])


class AuditTrail:
    """Writes single events that no other change goes with."""

    def __init__(self, database: Database):
        self._database = database

    def record(
        self,
        actor: Actor,
        action: Action,
        subject: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Append an event in a transaction of its own."""
        with self._database.write() as connection:
            append_event(connection, actor, action, subject, detail)
