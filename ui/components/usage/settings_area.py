"""What administrators decide of the indicator: who is left out or one person, target, value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor
from assistant.usage.decisions import end_exclusion, exclude, latest_number, same_person
from assistant.usage.figures import UsageFigures
from assistant.usage.freezing import adjust
from assistant.usage.official import (
    FINAL_YEAR,
    FIRST_YEAR,
    METHOD_WORDS,
    MOST_PEOPLE,
    READING_WORDS,
    Method,
    Reading,
    decide_official,
    decide_target,
)
from assistant.usage.register import EXCLUSION_WORDS, Exclusion, ExclusionKind, exclusion_words
from assistant.usage.resolving import read_register
from ui import state
from ui.components.people.acting import perform, show_said
from ui.components.people.fields import asked_day, day_field, optional_day
from ui.components.style import note
from ui.components.text import as_html

_PLACE: Final = "usage-settings"
_NOTE: Final = (
    "登録した内容は、登録した人と日時とともに台帳と監査記録に残り、取り消しても消えません。"
    "確定した週の人数が変わるときは、書き換えずに調整として並べます。"
)
_REASON: Final = "理由"
_DECISION: Final = "決定の番号（例：DX推進本部決定 第3号）"


def show_settings(figures: UsageFigures, database: Database) -> None:
    """Show the forms, each on a tab; what was done is said above them."""
    st.html(note(as_html(_NOTE)))
    show_said(_PLACE)
    exclusion, person, target, official = st.tabs(
        ["除外の登録", "同一人物", "目標", "公式の値"], key="usage-settings"
    )
    with exclusion:
        _show_exclude(database)
        _show_end_exclusion(database)
    with person:
        _show_same_person(database)
    with target:
        _show_target(figures, database)
    with official:
        _show_official(figures, database)


def _show_exclude(database: Database) -> None:
    form = "usage-exclude"
    with st.form(_key(form)):
        st.html('<p class="chonai-body"><strong>除外するアカウントを登録する</strong></p>')
        number = st.text_input("職員番号", key=_key(form, "number"), max_chars=40)
        kind: ExclusionKind = st.selectbox(
            "種類", list(EXCLUSION_WORDS), format_func=exclusion_words, key=_key(form, "kind")
        )
        first = day_field("除外を始める日（空欄なら今日）", key=_key(form, "first"))
        last = day_field("除外する最後の日（空欄なら期限なし）", key=_key(form, "last"))
        reason = st.text_input(_REASON, key=_key(form, "reason"), max_chars=200)
        sent = st.form_submit_button("除外を登録する")

    def act(by: Actor) -> str:
        made = exclude(
            database, number, kind=kind,
            first=optional_day(first, "除外を始める日") or calendar.today(),
            last=optional_day(last, "除外する最後の日"), reason=reason, by=by,
        )  # fmt: skip
        return _adjusted(database, f"除外を登録しました（登録番号 {made.entry}）。", by)

    if sent:
        _perform(form, act)


def _show_end_exclusion(database: Database) -> None:
    form, today = "usage-end-exclusion", calendar.today()
    with database.read() as connection:
        lasting = {
            one.entry: _exclusion_words(one, latest_number(connection, one.person_id))
            for one in read_register(connection).exclusions
            if one.end is None or one.end > today
        }
    if not lasting:
        return
    with st.form(_key(form)):
        st.html('<p class="chonai-body"><strong>除外を終わらせる</strong></p>')
        entry = st.selectbox(
            "終わらせる除外",
            list(lasting),
            format_func=lambda number: lasting.get(number, str(number)),
            key=_key(form, "entry"),
        )
        last = day_field("除外する最後の日（空欄なら今日）", key=_key(form, "last"))
        sent = st.form_submit_button("除外を終わらせる")

    def act(by: Actor) -> str:
        day = optional_day(last, "除外する最後の日") or today
        made = end_exclusion(database, int(entry or 0), last=day, by=by)
        return _adjusted(database, f"登録番号 {made.entry} の除外を {day} までにしました。", by)

    if sent:
        _perform(form, act)


def _show_same_person(database: Database) -> None:
    form = "usage-same-person"
    with st.form(_key(form)):
        number = st.text_input("職員番号", key=_key(form, "number"), max_chars=40)
        kept = st.text_input("同じ人のもう一つの職員番号", key=_key(form, "kept"), max_chars=40)
        reason = st.text_input(_REASON, key=_key(form, "reason"), max_chars=200)
        sent = st.form_submit_button("同じ人として登録する")

    def act(by: Actor) -> str:
        same_person(database, number, kept, reason=reason, by=by)
        return _adjusted(database, f"{number} と {kept} を、同じ人として数えます。", by)

    if sent:
        _perform(form, act)


def _show_target(figures: UsageFigures, database: Database) -> None:
    form, known = "usage-target", figures.target
    st.html(note(as_html(f"今の目標の決定：{known.decision}")))
    with st.form(_key(form)):
        wanted = {
            year: st.number_input(
                f"{year}年度末の人数", 0, MOST_PEOPLE, known.people.get(year, 0),
                key=_key(form, str(year)),
            )
            for year in sorted({*range(FIRST_YEAR, FINAL_YEAR + 1), *known.people})
        }  # fmt: skip
        decision = st.text_input(_DECISION, key=_key(form, "decision"), max_chars=200)
        sent = st.form_submit_button("目標を登録する")

    def act(by: Actor) -> str:
        made = decide_target(
            database, {year: int(n) for year, n in wanted.items()}, decision=decision, by=by
        )
        return f"目標を登録しました（決定：{made.decision}）。"

    if sent:
        _perform(form, act)


def _show_official(figures: UsageFigures, database: Database) -> None:
    form, known = "usage-official", figures.setting
    with st.form(_key(form)):
        methods: list[Method] = list(METHOD_WORDS)
        readings: list[Reading] = list(READING_WORDS)
        method: Method = st.selectbox(
            "公式の値の作り方", methods, methods.index(known.method),
            format_func=METHOD_WORDS.__getitem__, key=_key(form, "method"),
        )  # fmt: skip
        reading: Reading = st.selectbox(
            "数え方", readings, readings.index(known.reading),
            format_func=READING_WORDS.__getitem__, key=_key(form, "reading"),
        )  # fmt: skip
        names = figures.names
        chosen = st.multiselect(
            "含める利用元", list(names), [s for s in known.sources if s in names],
            format_func=lambda source: names.get(source, source), key=_key(form, "sources"),
        )  # fmt: skip
        quotations = st.checkbox(
            "引用だけの人も数える", known.quotations, key=_key(form, "quotations")
        )
        since = day_field(
            "この日から使う", key=_key(form, "since"), value=calendar.today().isoformat()
        )
        decision = st.text_input(_DECISION, key=_key(form, "decision"), max_chars=200)
        sent = st.form_submit_button("公式の値の作り方を登録する")

    def act(by: Actor) -> str:
        if not chosen:
            raise UsageError("含める利用元を一つ以上選んでください。")
        made = decide_official(
            database, since=asked_day(since, "この日から使う"), method=method, reading=reading,
            source_ids=chosen, quotations=quotations, decision=decision, by=by,
        )  # fmt: skip
        return f"{made.since} からの公式の値の作り方を登録しました（決定：{made.decision}）。"

    if sent:
        _perform(form, act)


def _perform(form: str, act: Callable[[Actor], str]) -> None:
    """Carry out what a form asks; it is empty again only once that is done."""

    def done(by: Actor) -> str:
        words = act(by)
        state.empty_form(form)
        return words

    with st.spinner("登録しています。確定した週も数え直します。"):
        perform(_PLACE, done)


def _adjusted(database: Database, words: str, by: Actor) -> str:
    adjusted = adjust(database, by=by)
    return f"{words}確定した {len(adjusted)} 週に調整を登録しました。" if adjusted else words


def _exclusion_words(one: Exclusion, number: str) -> str:
    until = "" if one.end is None else f"{one.end - timedelta(days=1)}"
    kind = exclusion_words(one.kind)
    return f"{one.entry}：{number or '（番号なし）'}・{kind}・{one.first}〜{until}"


def _key(form: str, field: str = "form") -> str:
    return f"{form}-{field}-{state.form_round(form)}"
