"""The result of verifying the audit trail in plain words, for the page and for the shell."""

from __future__ import annotations

from typing import Any

from assistant.people.audit.records import tokyo_time
from assistant.people.audit.verification import Verification


def verification_lines(found: Verification) -> list[str]:
    """Return what was verified, then every problem, then what to do or to know."""
    lines = [_summary(found)]
    lines += [problem.text for problem in found.problems]
    if found.problem_count > len(found.problems):
        lines.append(f"ほかに {found.problem_count - len(found.problems)} 件あります。")
    if found.removed is not None:
        lines.append(
            f"{found.removed.month} までの記録（{found.removed.last_id} 番まで）は、保存期間を"
            "過ぎたため、月ごとに封印の値を残して削除されています。"
        )
    lines.append(_printed_words(found))
    if found.problems:
        lines.append(
            "データフォルダには手を加えず、そのまま複製して保管し、情報セキュリティの担当に"
            "連絡してください。バックアップの記録と比べると、変わった箇所が分かります。"
        )
    return lines


def verification_document(found: Verification) -> dict[str, Any]:
    """Return the result as JSON."""
    printed = found.printed
    return {
        "right": found.right,
        "events": found.events,
        "first_id": found.first_id,
        "last_id": found.last_id,
        "at": found.at,
        "head": found.head,
        "segments": found.segments,
        "removed_to": found.removed.last_id if found.removed else 0,
        "problem_count": found.problem_count,
        "problems": [
            {"kind": p.kind, "id": p.id, "at": p.at, "text": p.text} for p in found.problems
        ],
        "printed": None
        if printed is None
        else {"state": printed.state, "id": printed.id, "at": printed.at},
    }


def _summary(found: Verification) -> str:
    if found.problems:
        return f"監査記録に {found.problem_count} 件の問題があります。"
    if not found.events:
        return "監査記録はまだありません。"
    return (
        f"{found.events} 件の記録（{found.first_id}〜{found.last_id} 番）は、書かれたときのまま"
        "つながっています。"
    )


def _printed_words(found: Verification) -> str:
    printed = found.printed
    if printed is None:
        return (
            "末尾だけの切り捨てや全体の作り直しは、控えのハッシュ値と比べないと分かりません。"
            "書き出した記録に印刷された値でも検証してください。"
        )
    if printed.state == "current":
        return "控えのハッシュ値は、今の末尾と一致します。"
    if printed.state == "earlier" and printed.at is not None:
        return (
            f"控えのハッシュ値は、記録 {printed.id}（{tokyo_time(printed.at)}）のものです。"
            "記録は、その時点から書き足されただけです。"
        )
    if printed.state == "earlier":
        return "控えのハッシュ値は、最初の記録より前のものです。"
    if printed.state == "removed":
        return (
            f"控えのハッシュ値は、保存期間を過ぎて削除された区間の末尾（記録 {printed.id}）の"
            "ものです。記録は、そこから続いています。"
        )
    words = (
        "控えのハッシュ値は、この監査記録のどこにもありません。記録が切り捨てられたか"
        "作り直されたか、別のデータフォルダの控えです。"
    )
    if found.removed is not None:
        words += (
            f"ただし、{found.removed.month} までの月の途中の控えは、記録が削除されたため"
            "確かめられません。"
        )
    return words + "値の写し間違いがないか、控えの日付とデータフォルダを確かめてください。"
