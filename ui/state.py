"""What one open page remembers between its runs; the only reader of st.session_state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

import streamlit as st

StopKind = Literal["stopped", "content"]

QUESTION_KEY: Final = "question"
TRIAL_KEY: Final = "ask-trial"
PEOPLE_AREA_KEY: Final = "people-area"
LIBRARY_AREA_KEY: Final = "library-area"
KEPT_MANUAL_KEY: Final = "library-manual"
QUALITY_AREA_KEY: Final = "quality-area"
QUALITY_SET_KEY: Final = "quality-set"
QUALITY_RUN_KEY: Final = "quality-run"
QUALITY_CASE_KEY: Final = "quality-case"
QUALITY_FILTER_KEYS: Final = ("quality-which", "quality-result-kind", "quality-result-manual")
LIBRARY_FILTER_KEYS: Final = ("library-owner", "library-overdue", "library-drafts")
_ASK_NEXT: Final = "chonai_ask_next"
_OPENED: Final = "chonai_opened_place"
_AS_OF: Final = "chonai_as_of"
_PAGE_PATH: Final = "chonai_page_path"
_PROBLEM: Final = "chonai_problem"
_STOPS: Final = "chonai_stops"
_CONVERSATION: Final = "chonai_conversation"
_LINK: Final = "chonai_link"
HISTORY_KEY: Final = "history"
_MANUAL_PAGE: Final = "chonai_manual_page"
_FINDINGS: Final = "chonai_findings"
_FOUND_SENTENCE: Final = "chonai_found_sentence"
_UPLOAD_ROUND: Final = "chonai_upload_round"
_LIST_PAGE: Final = "chonai_list_page"
_FORM_ROUNDS: Final = "chonai_form_rounds"
_SAID: Final = "chonai_said"
_TO_CONFIRM: Final = "chonai_to_confirm"
_DRAFTS: Final = "chonai_drafts"
_MORE_LINES: Final = "chonai_more_lines"
_MANUAL_TO_KEEP: Final = "chonai_manual_to_keep"
_QUALITY_TO_SHOW: Final = "chonai_quality_to_show"


def open_page(url_path: str) -> None:
    """Remember which page is being shown."""
    st.session_state[_PAGE_PATH] = f"/{url_path}"


def page_path() -> str:
    """Return the path of the page being shown, as the browser's address has it."""
    return str(st.session_state.get(_PAGE_PATH, "/"))


@dataclass(frozen=True)
class OpenedPlace:
    """The place of a manual that is being looked at; `marker` is 0 without a citation."""

    answer_id: str
    marker: int
    version_id: str
    page: int | None


def opened_place() -> OpenedPlace | None:
    """Return the place being looked at, or None."""
    place = st.session_state.get(_OPENED)
    return place if isinstance(place, OpenedPlace) else None


def open_place(place: OpenedPlace) -> None:
    """Look at a place from the next run on."""
    st.session_state[_OPENED] = place


def turn_page(page: int) -> None:
    """Go to another page of the same manual."""
    place = opened_place()
    if place is not None:
        st.session_state[_OPENED] = replace(place, page=page)


def close_place() -> None:
    """Stop looking at a place."""
    st.session_state.pop(_OPENED, None)


def ask_next(question: str) -> None:
    """Put a question that the next run asks, as if it had been typed."""
    st.session_state[_ASK_NEXT] = question


def take_question_to_ask() -> str | None:
    """Return the question put by `ask_next` once, then None."""
    question = st.session_state.pop(_ASK_NEXT, None)
    return str(question) if question else None


def keep_refused_question(question: str, problem: str) -> None:
    """Keep a question that could not be asked; the next run puts it back into the input."""
    st.session_state[_PROBLEM] = (question, problem)


def fill_question(text: str) -> None:
    """Put a text into the input of the page 質問する at its next run, for the person to finish."""
    keep_refused_question(text, "")


def take_refused_question() -> str:
    """Return the text of the problem, "" if none, with its question back in the input."""
    kept = st.session_state.pop(_PROBLEM, None)
    if kept is None:
        return ""
    question, problem = kept
    put_into_input(question)
    return str(problem)


def put_into_input(question: str) -> None:
    """Have a question stand in the input, not sent; only before the input is drawn."""
    st.session_state[QUESTION_KEY] = question


def is_trial() -> bool:
    """Tell whether the person has said that their questions are trials."""
    return bool(st.session_state.get(TRIAL_KEY))


def is_new_link(question: str) -> bool:
    """Tell once of each question that an address brought that it has not been seen yet."""
    is_new = st.session_state.get(_LINK) != question
    st.session_state[_LINK] = question
    return is_new


def shown_conversation() -> str | None:
    """Return the conversation that this page shows, "" for a new one, None if none was chosen."""
    return st.session_state.get(_CONVERSATION)


def show_conversation(conversation_id: str) -> None:
    """Show a conversation from the next run on, "" begins a new one; the list closes."""
    st.session_state[_CONVERSATION] = conversation_id
    st.session_state[HISTORY_KEY] = False
    close_place()


def keep_conversation(conversation_id: str) -> None:
    """Stay with the conversation that is being shown, whatever other pages open."""
    st.session_state[_CONVERSATION] = conversation_id


def field(key: str) -> str:
    """Return what a field holds, "" for nothing."""
    return str(st.session_state.get(key) or "")


def remember_stop(answer_id: str, kind: StopKind) -> None:
    """Remember that the person stopped this answer, or was content with its quotations."""
    st.session_state[_STOPS] = {**st.session_state.get(_STOPS, {}), answer_id: kind}


def stop_of(answer_id: str) -> StopKind | None:
    """Return how the person stopped this answer on this page, or None."""
    stops: dict[str, StopKind] = st.session_state.get(_STOPS, {})
    return stops.get(answer_id)


def manual_page(place: str, pages: int, *, first: int = 1) -> int:
    """Return the page that is looked at in a version or section, within 1 and `pages`.

    `first` is the page on which it begins.
    """
    number = st.session_state.get(_MANUAL_PAGE, {}).get(place, first)
    return min(max(int(number), 1), max(pages, 1))


def read_manual_page(place: str, number: int) -> None:
    """Go to a page of a version or section."""
    st.session_state[_MANUAL_PAGE] = {**st.session_state.get(_MANUAL_PAGE, {}), place: number}


def show_findings(version_id: str) -> None:
    """Have what was found in a version shown, in place of a section; "" shows the section."""
    st.session_state[_FINDINGS] = version_id


def shows_findings(version_id: str) -> bool:
    """Tell whether what was found in a version is to be shown."""
    return bool(st.session_state.get(_FINDINGS) == version_id)


def mark_sentence(section: str, sentence: str) -> None:
    """Have a sentence marked in a section that was found by its meaning; "" marks none."""
    st.session_state[_FOUND_SENTENCE] = (section, sentence)


def sentence_to_mark(section: str) -> str:
    """Return the sentence to be marked in a section, "" if none."""
    known, sentence = st.session_state.get(_FOUND_SENTENCE, ("", ""))
    return str(sentence) if known == section else ""


def upload_round() -> int:
    """Return the number that the keys of the upload form carry."""
    return int(st.session_state.get(_UPLOAD_ROUND, 0))


def empty_upload_form() -> None:
    """Begin with an empty upload form; the files that Streamlit held are let go."""
    st.session_state[_UPLOAD_ROUND] = upload_round() + 1


def take_password(key: str) -> str:
    """Return what was typed into a password field, and remember it no longer."""
    return str(st.session_state.pop(key, ""))


def form_round(form: str) -> int:
    """Return the number that the keys of a form's fields carry."""
    return int(st.session_state.get(_FORM_ROUNDS, {}).get(form, 0))


def empty_form(form: str) -> None:
    """Begin with an empty form at the next run."""
    st.session_state[_FORM_ROUNDS] = {
        **st.session_state.get(_FORM_ROUNDS, {}),
        form: form_round(form) + 1,
    }
    st.session_state[_MORE_LINES] = {**st.session_state.get(_MORE_LINES, {}), form: 0}


def keep_said(place: str, words: str) -> None:
    """Keep what an action has done; the next run says it at a place of the page."""
    st.session_state[_SAID] = {**st.session_state.get(_SAID, {}), place: words}


def take_said(place: str) -> str:
    """Return what was kept for a place once, then ""."""
    return str(st.session_state.get(_SAID, {}).pop(place, ""))


def ask_to_confirm(what: str) -> None:
    """Have the next run ask whether something is really meant; "" asks nothing."""
    st.session_state[_TO_CONFIRM] = what


def to_confirm() -> str:
    """Return what the page asks to confirm, "" if nothing."""
    return str(st.session_state.get(_TO_CONFIRM, ""))


def list_page(name: str, pages: int) -> int:
    """Return the number of the page being read of a long list, within 1 and `pages`."""
    known, number = st.session_state.get(_LIST_PAGE, ("", 1))
    return min(max(int(number), 1), max(pages, 1)) if known == name else 1


def turn_list(name: str, number: int) -> None:
    """Go to a page of a long list; a list of another name begins at its first page."""
    st.session_state[_LIST_PAGE] = (name, number)


def keep_draft(form: str, draft: object) -> None:
    """Keep what a form was found to mean, until it is carried out or asked anew."""
    st.session_state[_DRAFTS] = {**st.session_state.get(_DRAFTS, {}), form: draft}


def draft(form: str) -> object:
    """Return what was kept for a form, or None."""
    return st.session_state.get(_DRAFTS, {}).get(form)


def drop_draft(form: str) -> None:
    """Forget what was kept for a form."""
    keep_draft(form, None)


def line_count(form: str, least: int) -> int:
    """Return how many lines a form shows."""
    return least + int(st.session_state.get(_MORE_LINES, {}).get(form, 0))


def add_line(form: str) -> None:
    """Have a form show one line more."""
    more = st.session_state.get(_MORE_LINES, {})
    st.session_state[_MORE_LINES] = {**more, form: int(more.get(form, 0)) + 1}


def open_kept_manual(manual_id: str, *, keep_filters: bool = False) -> None:
    """Have the page of the keepers open with the card of this manual at its next run."""
    st.session_state[_MANUAL_TO_KEEP] = (manual_id, keep_filters)


def choose_kept_manual(area: str) -> None:
    """Carry out `open_kept_manual` once: in the area of the list, whatever had been filtered.

    Only before the fields are drawn; a widget's value cannot be set after that.
    """
    wanted = st.session_state.pop(_MANUAL_TO_KEEP, None)
    if wanted is None:
        return
    manual_id, keep_filters = wanted
    for key in () if keep_filters else LIBRARY_FILTER_KEYS:
        st.session_state.pop(key, None)
    st.session_state[LIBRARY_AREA_KEY] = area
    st.session_state[KEPT_MANUAL_KEY] = manual_id


def kept_manual() -> str:
    """Return the id of the manual whose card is open, "" if none is."""
    return str(st.session_state.get(KEPT_MANUAL_KEY) or "")


def show_quality(**chosen: object) -> None:
    """Have the page of the evaluators open at its next run with these: area, set, run, case."""
    st.session_state[_QUALITY_TO_SHOW] = chosen


def choose_quality(first_area: str) -> None:
    """Carry out `show_quality` once, before the fields are drawn; a case is shown unfiltered.

    The page begins in `first_area`, which is no default of the field: the two would contradict.
    """
    keys = {
        "area": QUALITY_AREA_KEY, "set": QUALITY_SET_KEY, "run": QUALITY_RUN_KEY,
        "case": QUALITY_CASE_KEY,
    }  # fmt: skip
    chosen = st.session_state.pop(_QUALITY_TO_SHOW, {})
    for key in QUALITY_FILTER_KEYS if "case" in chosen else ():
        st.session_state.pop(key, None)
    for name, value in chosen.items():
        st.session_state[keys[name]] = value
    st.session_state.setdefault(QUALITY_AREA_KEY, first_area)


def open_quality_case(case_id: str) -> None:
    """Open another case of the run that is shown; only in a button's callback."""
    st.session_state[QUALITY_CASE_KEY] = case_id


@dataclass(frozen=True)
class ChosenDay:
    """The day set for the questions of a conversation; None is today, said on purpose."""

    conversation: str
    day: date | None


def chosen_day(conversation: str) -> ChosenDay | None:
    """Return what was set on this page for a conversation, "" for one that is to begin."""
    chosen = st.session_state.get(_AS_OF)
    fits = isinstance(chosen, ChosenDay) and chosen.conversation == conversation
    return chosen if fits else None


def choose_day(conversation: str, day: date | None) -> None:
    """Ask about this day until the conversation ends; None is today again."""
    st.session_state[_AS_OF] = ChosenDay(conversation, day)
