"""What an event of the audit trail tells beside its subject, in the words of the office."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from assistant.people.access import audience_words
from assistant.people.roles import ROLE_WORDS
from assistant.people.sign_on.sessions import METHOD_WORDS
from assistant.people.staff.staff_list import CHANGE_WORDS
from assistant.usage.official import METHOD_WORDS as OFFICIAL_WORDS
from assistant.usage.official import READING_WORDS
from assistant.usage.register import EXCLUSION_WORDS

_NAMES: Final = {
    "added": "加えた件数",
    "as_number": "読む人の職員番号",
    "audience": "閲覧範囲",
    "batch": "質問のファイル",
    "category": "区分",
    "changes": "内容",
    "change_note": "改訂の内容",
    "complete": "全員の名簿",
    "counted_by": "経過措置の基準",
    "decision": "決定の番号",
    "effective_from": "施行日",
    "effective_to": "廃止日",
    "employment": "任用",
    "entry": "登録番号",
    "events": "件数",
    "failures": "失敗の回数",
    "file": "ファイル",
    "filter": "絞り込み",
    "first": "最初の番号",
    "first_passwords": "初期パスワード",
    "folder": "フォルダ",
    "for": "用途",
    "format": "形式",
    "group": "グループ",
    "head": "ハッシュ値",
    "heir": "引き継ぐ課",
    "is": "数える人のID",
    "kind": "種類",
    "last": "最後の番号",
    "last_day": "最後の日",
    "manual": "マニュアルID",
    "manual_id": "マニュアルID",
    "manuals": "目標の件数",
    "meaning": "マニュアルの言葉",
    "method": "方法",
    "name": "氏名",
    "new": "新しい課",
    "new_number": "新しい職員番号",
    "number": "職員番号",
    "old": "元の課",
    "note": "備考",
    "on": "日付",
    "out": "書き出し先",
    "outcome": "結果",
    "owner_extension": "内線",
    "owner_section": "所管課",
    "paths": "場所",
    "people": "年度ごとの目標",
    "proposal": "提案の番号",
    "publish_on": "公開日",
    "questions": "質問集",
    "quotations": "引用だけの人を含む",
    "reading": "数え方",
    "reach_by": "目標の期限",
    "reason": "理由",
    "review_on": "次回見直し日",
    "revision": "改訂",
    "role": "役割",
    "role_from": "役割を決めた所",
    "rows": "行数",
    "section": "課",
    "seed": "乱数の種",
    "session": "セッション",
    "sha256": "原本のハッシュ値",
    "source": "利用記録の出所",
    "sources": "利用元",
    "staff": "職員数",
    "term": "用語",
    "terminal": "端末",
    "title": "表題",
    "transition_note": "経過措置",
    "trial": "質問集での確認",
    "version": "版",
    "what": "登録の種類",
    "wanted_by": "期限",
    "weeks": "週数",
}
_ENTRIES: Final = {
    "exclusion": "除外",
    "exclusion_end": "除外の終わり",
    "same_person": "同一人",
    "official": "公式の値の作り方",
    "target": "目標",
}
_TO_IS_THE_DAY_AFTER: Final = frozenset({"exclusion", "exclusion_end"})
_VALUES: Final[dict[str, Mapping[Any, str]]] = {
    "role_from": {
        "chonai": "庁内アシスタント",
        "oidc": "庁内の認証（OpenID Connect）",
        "ldap": "庁内の認証（LDAP）",
    },
    "source": {"chonai": "庁内アシスタント"},
    "role": ROLE_WORDS,
    "method": {**METHOD_WORDS, **OFFICIAL_WORDS},
    "reading": READING_WORDS,
    "what": _ENTRIES,
    "kind": {**EXCLUSION_WORDS, **_ENTRIES},  # older events say so what was entered
    "for": {
        "first_administrator": "最初の管理者",
        "first_password": "初期パスワード",  # nosec B105 - words, not a password
    },
}
_SAID: Final[dict[str, Callable[[str], str]]] = {"audience": audience_words}
_FROM_AND_TO: Final = frozenset(
    {"title", "category", "owner_section", "owner_extension", "audience"}
)
_NOT_SHOWN: Final = frozenset({"settings"})  # all settings as they stand: `changed` tells the news
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def detail_words(detail: Mapping[str, Any]) -> str:
    """Return an event's detail as one line: 役割：編集者、課：総務課."""
    parts: list[str] = []
    for key, value in _as_told(detail).items():
        if key in _NOT_SHOWN or value in ("", None):
            continue
        if key == "changed" and isinstance(value, dict):
            parts += [f"{name}：{_change(name, change)}" for name, change in value.items()]
        else:
            words = _change(key, value) if key in _FROM_AND_TO else _words(key, value)
            parts.append("：".join(part for part in (_name(key, value), words) if part))
    return "、".join(parts)


def _as_told(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return a detail as people speak of it: until which day, and where a role came from."""
    told = dict(detail)
    entered = {told.get("what"), told.get("kind")}  # older events say it as their kind
    if entered & _TO_IS_THE_DAY_AFTER and isinstance(told.get("to"), str):
        told["to"] = (date.fromisoformat(told["to"]) - timedelta(days=1)).isoformat()
    if "role" in told and "source" in told:
        told["role_from"] = told.pop("source")
    return told


def _name(key: str, value: Any) -> str:
    if key in ("from", "to"):  # of a time, or of a change
        is_day = isinstance(value, str) and _DAY.fullmatch(value)
        first, last = ("開始日", "終了日") if is_day else ("変更前", "変更後")
        return first if key == "from" else last
    if type(value) is int:  # how many changes of a kind a staff list brought
        return next(
            (words for kind, words in CHANGE_WORDS.items() if kind == key), _NAMES.get(key, key)
        )
    return _NAMES.get(key, key)


def _change(key: str, value: Any) -> str:
    """Return [before, now] as 前 → 後."""
    if isinstance(value, list) and len(value) == 2:
        return " → ".join(_words(key, part) for part in value)
    return _words(key, value)


def _words(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "・".join(_words(key, part) for part in value)
    if isinstance(value, dict):
        return f"（{detail_words(value)}）"
    if value in ("", None):
        return "（空）"
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if key in _SAID and isinstance(value, str):
        return _SAID[key](value)
    return _VALUES.get(key, {}).get(value, str(value))
