"""The figures of the page, counted once for everybody who opens it while nothing has changed."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.database import Database
from assistant.usage.book import read_entries, read_head
from assistant.usage.effects import Effects, read_effects
from assistant.usage.figures import UsageFigures, read_usage
from assistant.usage.ledger import last_event
from assistant.usage.weeks import frozen_weeks

EFFECT_MINUTES: Final = 10
_STAFF_SECONDS: Final = 60  # who is of the staff may change while the ledger stays as it is
# Over a million events effects take a second, nearly all of it in SQLite, which holds up no other
# thread: they are counted while the figures are.
_beside: Final = ThreadPoolExecutor(1, thread_name_prefix="usage-effects")


@dataclass(frozen=True)
class CountedEffects:
    """Effects with the moment when they were counted: feedback may have come since."""

    effects: Effects
    at: datetime


def counted_figures(database: Database) -> UsageFigures:
    """Return the indicator: counted again with each entry, event and day, and once a minute."""
    with database.read() as connection:
        head, last = read_head(connection), last_event(connection)
    return _figures(str(database.path), head.hash, last, calendar.today().isoformat(), database)


def begin_effects(database: Database) -> None:
    """Begin to count the effects of this fiscal year, unless they are counted already."""
    _begun(database)


def counted_effects(database: Database) -> CountedEffects:
    """Return the effects of the closed weeks of this fiscal year.

    They are counted again with each entry of the book, and every ten minutes.
    """
    begun = _begun(database)
    try:
        return begun.result()
    except Exception:
        _effects.clear()  # the next one who opens the page tries again
        raise


def _begun(database: Database) -> Future[CountedEffects]:
    with database.read() as connection:
        head = read_head(connection)
    year = calendar.fiscal_year(calendar.week_start(calendar.week_key(calendar.now())))
    return _effects(str(database.path), head.hash, year, database)


@st.cache_resource(ttl=_STAFF_SECONDS, max_entries=2, show_spinner=False)
def _figures(path: str, head: str, last: int, day: str, _database: Database) -> UsageFigures:
    del path, head, last, day  # they say whether it is still the same
    return read_usage(_database, now=calendar.now())


@st.cache_resource(ttl=60 * EFFECT_MINUTES, max_entries=2, show_spinner=False)
def _effects(path: str, head: str, year: int, _database: Database) -> Future[CountedEffects]:
    del path, head
    return _beside.submit(_count_effects, _database, year)


def _count_effects(database: Database, year: int) -> CountedEffects:
    with database.read() as connection:
        connection.exec_driver_sql("BEGIN")
        known = frozen_weeks(read_entries(connection, "week", "adjustment"))
        weeks = [key for key in known if calendar.fiscal_year(calendar.week_start(key)) == year]
        return CountedEffects(read_effects(connection, weeks), calendar.now())
