"""What a staff list would change, in tables and plain words, and the button that applies it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from assistant.people.audit.trail import Actor
from assistant.people.staff.staff_import import (
    FirstPasswords,
    apply_plan,
    first_passwords,
)
from assistant.people.staff.staff_list import ChangeKind, StaffChange, StaffPlan
from ui import resources, state
from ui.components.people.acting import attempt
from ui.components.people.first_passwords import show_first_passwords
from ui.components.people.staff_draft import (
    FORM,
    StaffDraft,
    ask_about_pairs,
    compare_again,
    page_words,
)
from ui.components.style import note
from ui.components.text import as_html, as_label, as_markdown, date_words

_KINDS: Final[dict[ChangeKind, str]] = {
    "add": "追加",
    "number": "同じ人の新しい番号",
    "transfer": "異動",
    "rename": "氏名変更",
    "last_day": "有効期間の末日の変更",
    "leave": "退職（利用の終了）",
}
_NO_ADMINISTRATOR: Final = (
    "このまま反映すると、利用者を管理できる人がいなくなるため、反映できません。"
    "管理者を名簿に入れるか、先にほかの職員へ管理者の役割を付けてください。"
)
_WAIT: Final = "反映しています。終わるまで、この画面を閉じずにお待ちください。"
_CLOSING: Final = (
    "{count:,}人の利用が終わります。名簿に載っていない人です。載っているはずの人がいれば、"
    "反映せずに、名簿を直してください。"
)


def show_draft() -> Callable[[], None] | None:
    """Show what the list just read would change; once it is applied, return what to show then."""
    draft = state.draft(FORM)
    if not isinstance(draft, StaffDraft):
        return None
    plan = draft.plan
    st.subheader("反映すると変わること")
    extent = "全職員の名簿" if plan.complete else "一部の職員の名簿"
    st.html(note(as_html(f"{draft.file_name}（{extent}、{date_words(plan.day)}から）")))
    _show_counts(plan)
    for notice in plan.notices:
        st.warning(as_markdown(page_words(notice)))
    if plan.of("leave"):
        st.warning(as_markdown(_CLOSING.format(count=len(plan.of("leave")))))
    for kind, words in _KINDS.items():
        _show_changes(words, plan.of(kind))
    _show_left_out(draft.left_out())
    ask_about_pairs(draft)
    return _offer(draft)


def _show_counts(plan: StaffPlan) -> None:
    rows = [(words, len(plan.of(kind))) for kind, words in _KINDS.items()]
    rows += [
        ("変更なし", plan.unchanged),
        ("同じ人の可能性", len(plan.suspected)),
        ("反映しない行", len(plan.doubts)),
    ]
    cells = "".join(
        f'<tr><th scope="row">{as_html(words)}</th><td>{count:,}</td></tr>' for words, count in rows
    )
    st.html(f'<div class="chonai-document"><table>{cells}</table></div>')


def _show_changes(words: str, changes: tuple[StaffChange, ...]) -> None:
    if not changes:
        return
    with st.expander(f"{words}（{len(changes):,}件）"):
        st.dataframe(
            [
                {
                    "職員番号": change.number,
                    "氏名": change.name,
                    "変更前": change.before,
                    "変更後": change.after,
                    "いつから": "すぐに" if change.kind == "rename" else date_words(change.on),
                }
                for change in changes
            ],
            hide_index=True,
            alt=words,
        )


def _show_left_out(lines: list[str]) -> None:
    if lines:
        st.warning("次のことは、このままでは反映しません。")
        items = "".join(f"<li>{as_html(line)}</li>" for line in lines)
        st.html(f'<div class="chonai-document"><ul>{items}</ul></div>')


def _offer(draft: StaffDraft) -> Callable[[], None] | None:
    """Offer to apply the plan; return what to show once that is done."""
    plan = draft.plan
    if plan.leaves_no_administrator:
        st.error(_NO_ADMINISTRATOR)
        return None
    if not plan.changes:
        st.info("変わるところはありません。反映する必要はありません。")
        return None
    local = "local" in resources.assistant().settings.sign_on_methods
    wanted = bool(plan.of("add")) and local and st.checkbox(
        as_label(f"追加する {len(plan.of('add')):,}人に、初期パスワードを発行する"),
        value=True, key=f"first-passwords-{draft.sha256}",
    )  # fmt: skip
    with st.container(horizontal=True):
        pressed = st.button("この内容で反映する", type="primary", key="staff-apply")
        if st.button("今の登録で確かめ直す", key="staff-again"):
            compare_again(draft, plan.same_person)
        st.button("やめる", key="staff-drop", on_click=_give_up)
    if not pressed:
        return None
    told = st.empty()

    def tell(words: str) -> None:
        told.info(as_markdown(words))

    with st.spinner(_WAIT):
        passwords = attempt(lambda by: _apply(draft, by, wanted=wanted, tell=tell))
    told.empty()
    if passwords is None:
        return None
    _give_up()
    words = f"{draft.file_name} を反映しました（{_summary(plan)}）。"
    if not passwords.rows:
        state.keep_said(FORM, words)
        st.rerun()
    return lambda: show_first_passwords(words, passwords)


def _apply(
    draft: StaffDraft, by: Actor, *, wanted: bool, tell: Callable[[str], None]
) -> FirstPasswords:
    passwords = FirstPasswords()
    if wanted:
        passwords = first_passwords(draft.plan, progress=tell)
    apply_plan(
        resources.assistant().database, draft.plan, by=by, sha256=draft.sha256, passwords=passwords
    )
    return passwords


def _give_up() -> None:
    state.drop_draft(FORM)
    state.empty_form(FORM)


def _summary(plan: StaffPlan) -> str:
    counts = [
        f"{words} {len(plan.of(kind)):,}件" for kind, words in _KINDS.items() if plan.of(kind)
    ]
    return "、".join(counts)
