"""What staff read when a single sign-on ends without them being signed in."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.responses import HTMLResponse

from ui.sign_in.html import alert, link, page
from ui.sign_in.oidc_rules import Reason

_TO_THE_OFFICE: Final = "続くときは、情報システムの管理者にお知らせください。"
_TO_ADMINISTRATORS: Final = "DX推進担当の管理者に連絡してください。"
_NOT_VERIFIED: Final = "サインインを確かめられませんでした"

_WORDS: Final[dict[Reason, tuple[int, str, str]]] = {
    "provider_down": (
        503,
        "認証サーバーに接続できません",
        "庁内の認証サーバーから正しい応答がありません。数分待って、もう一度お試しください。"
        + _TO_THE_OFFICE,
    ),
    "provider_settings": (
        503,
        "シングルサインオンを使えません",
        "認証サーバーの設定に誤りがあります。情報システムの管理者にお知らせください（理由は"
        "サーバーの記録にあります）。",
    ),
    "provider_error": (
        502,
        "認証サーバーでサインインできませんでした",
        "認証サーバーがエラーを返しました。もう一度お試しください。" + _TO_THE_OFFICE,
    ),
    "cancelled": (
        401,
        "サインインを中止しました",
        "認証の画面で中止されました。続けるときは、もう一度サインインしてください。",
    ),
    "wrong_state": (
        400,
        "サインインを続けられません",
        "時間がたちすぎたか、別の画面から開かれたため、サインインを続けられません。"
        "もう一度始めてください。" + _TO_THE_OFFICE,
    ),
    "wrong_nonce": (
        400,
        _NOT_VERIFIED,
        "認証サーバーの応答が、この画面から始めたサインインのものではありません。"
        "もう一度始めてください。" + _TO_THE_OFFICE,
    ),
    "used_code": (
        400,
        "このサインインの画面は使えません",
        "すでに使われたか、時間がたちすぎた画面です。もう一度始めてください。",
    ),
    "expired_token": (
        400,
        _NOT_VERIFIED,
        "認証の有効期限が切れています。もう一度始めてください。続くときは、サーバーの時計が"
        "合っているか、情報システムの管理者に確かめてもらってください。",
    ),
    "bad_token": (
        400,
        _NOT_VERIFIED,
        "認証サーバーの応答が正しいものと確かめられません。もう一度始めてください。"
        + _TO_THE_OFFICE,
    ),
    "not_fresh": (
        403,
        "本人の確認ができませんでした",
        "認証サーバーで、パスワードなどの入力が確かめられませんでした。もう一度始めて、入力して"
        "ください。続くときは、認証サーバーが auth_time を返す設定になっているか、情報システムの"
        "管理者に確かめてもらってください。",
    ),
    "other_person": (
        403,
        "別の職員として確認されました",
        "本人の確認は、今サインインしている職員だけができます。その職員の番号でやり直すか、"
        "サインアウトしてから、サインインし直してください。",
    ),
    "session_ended": (
        401,
        "サインアウトしています",
        "確認の間にサインアウトしました。もう一度サインインしてください。",
    ),
    "no_number": (
        403,
        "職員番号を受け取れませんでした",
        "認証サーバーから職員番号が届きませんでした。情報システムの管理者に、職員番号の"
        "クレームの設定を確かめてもらってください。",
    ),
    "unknown": (
        403,
        "利用者として登録されていません",
        "職員番号 {number} は登録されていません。使うには利用者の追加が必要です。"
        + _TO_ADMINISTRATORS,
    ),
    "not_today": (
        403,
        "この職員番号は今日は使えません",
        "職員番号 {number} は、有効期間の前か後です。使うには期間の変更が必要です。"
        + _TO_ADMINISTRATORS,
    ),
    "disabled": (
        403,
        "利用が停止されています",
        "職員番号 {number} の利用は停止されています。再開が必要なときは、" + _TO_ADMINISTRATORS,
    ),
}


def refusal_page(reason: Reason, number: str, *, next_path: str, again: bool) -> HTMLResponse:
    """Return the page about a sign-on that ended, with ways to begin anew or to do without."""
    status, title, text = _WORDS[reason]
    back = quote(next_path, safe="")
    confirming = again and reason != "session_ended"
    anew = f"/signin/oidc?{'again=1&' if confirming else ''}next={back}"
    body = alert(text.format(number=number)) + link("もう一度始める", anew, second=False)
    if confirming:
        body += link("質問の画面に戻る", "/") + link("サインアウトする", "/signout")
    else:
        body += link("サインインの画面に戻る", f"/signin?next={back}")
    return page(title, body, status=status)
