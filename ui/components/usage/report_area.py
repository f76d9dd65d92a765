"""Effects of this fiscal year, reports to download, and what the section writes beside them."""

from __future__ import annotations

import io
from functools import partial
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.database import Database
from assistant.errors import ModelFilesUnavailable, UsageError
from assistant.people.directory import Member
from assistant.report_font import report_font
from assistant.usage.effects import METHOD
from assistant.usage.figures import UsageFigures
from assistant.usage.remarks import PARTS, keep_remarks, read_remarks
from assistant.usage.report import Period
from assistant.usage.sentences import effect_words
from ui import resources
from ui.components.style import note
from ui.components.text import as_html, as_markdown
from ui.components.usage.chart import bars, height_of, read_aloud, show_chart
from ui.components.usage.counted import EFFECT_MINUTES, counted_effects
from ui.usage_reports import MIME_TYPES, ReportFormat, write_report

_WORDS: Final[dict[ReportFormat, str]] = {
    "xlsx": "Excel の報告",
    "pdf": "PDF の報告（2ページ）",
    "csv": "BI ツール用の CSV",
}
_EXPLANATION: Final = (
    "報告には、定義・調整・除外と、台帳の末尾のハッシュ値が印刷されます。"
    "作ったことは監査記録に残ります。"
)


def show_effects(figures: UsageFigures, database: Database) -> None:
    """Show what the use of the fiscal year so far comes to."""
    weeks = [week.key for week in figures.closed if week.fiscal_year == figures.fiscal_year]
    if not weeks:
        read_aloud("今年度に確定した週はまだありません。")
        return
    counted = counted_effects(database)
    effects = counted.effects
    rows = [{"担当課": owner, "質問": number} for owner, number in effects.avoided.most_common(20)]
    chart = bars(rows, name="担当課", number="質問")
    show_chart(
        chart, rows, sentence="".join(effect_words(effects)),
        what="問合せが減ったと見られる質問（担当課別）", height=height_of(rows),
    )  # fmt: skip
    at = counted.at.astimezone(calendar.TOKYO)
    words = f"{at:%-H時%-M分}に集計（{EFFECT_MINUTES}分ごとに更新）。{METHOD}"
    st.html(note(as_html(words)))


def show_reports(figures: UsageFigures, member: Member) -> None:
    """Show the files of a chosen period, and the fields of the section in charge."""
    known = _periods(figures)
    if not known:
        read_aloud("報告は、週が確定してから作れます。")
        return
    chosen = st.selectbox(
        "報告の期間", known, format_func=lambda key: Period(key).title, key="usage-report-period"
    )
    period = chosen or known[0]
    st.html(note(as_html(_EXPLANATION)))
    with st.container(horizontal=True):
        for format_, words in _WORDS.items():
            if format_ == "pdf" and not _has_font():
                continue
            st.download_button(
                words,
                partial(written, period, format_, member.person_id, resources.browser_session()),
                file_name=f"利用状況報告_{period}.{format_}",
                mime=MIME_TYPES[format_],
                key=f"usage-report-{format_}",
            )
    if not _has_font():
        st.html(note(as_html("PDF は、chonai prepare でフォントを準備すると作れます。")))
    _show_remarks(period, member)


def written(period: str, format_: ReportFormat, person_id: str, browser: str) -> bytes:
    """Return the file; whether the person may still have it is asked anew."""
    member = resources.member_of(person_id)
    if (
        member is None
        or "see_usage" not in member.tasks
        or resources.assistant().sessions.get(browser) is None
    ):
        raise UsageError("報告を作る権限を確かめられません。サインインし直してください。")
    with io.BytesIO() as file:
        write_report(
            resources.assistant(), Period(period), format_, file, now=calendar.now(),
            by=member.actor,
        )  # fmt: skip
        return file.getvalue()


def _periods(figures: UsageFigures) -> list[str]:
    """Return the fiscal years and the months that have closed weeks, the newest first."""
    months = {f"{week.thursday:%Y-%m}" for week in figures.closed}
    return [*map(str, reversed(figures.fiscal_years())), *sorted(months, reverse=True)]


def _has_font() -> bool:
    try:
        report_font(resources.assistant().settings.models_folder)
    except ModelFilesUnavailable:
        return False
    return True


def _show_remarks(period: str, member: Member) -> None:
    """Show what stands in the PDCA columns; administrators change it."""
    database = resources.assistant().database
    with database.read() as connection:
        known = read_remarks(connection, period)
    if "manage_people" not in member.tasks:
        for part, text in known.items():
            read_aloud(f"{PARTS[part]}：{text or '（未記入）'}")
        return
    with st.expander(f"{Period(period).title}の PDCA を書く"), st.form(f"usage-pdca-{period}"):
        texts = {
            part: st.text_area(words, known[part], key=f"usage-{period}-{part}")
            for part, words in PARTS.items()
        }
        if st.form_submit_button("保存する"):
            try:
                keep_remarks(
                    database, period, {part: text or "" for part, text in texts.items()},
                    by=member.actor,
                )  # fmt: skip
            except UsageError as error:
                st.error(as_markdown(str(error)))
            else:
                st.success("保存しました。次に作る報告から印刷されます。")
