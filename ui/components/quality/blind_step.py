"""The step before the results of a run that is being judged blind; taking it stays on record."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from assistant.evaluations.runs import KeptRun
from assistant.evaluations.verdicts import Verdicts
from assistant.people.directory import Member
from ui import resources
from ui.components.quality.acting import perform

_WARNING: Final = (
    "評価{run}は、人の判定が始まっています。自分の判定がまだ{waiting:,}問あるため、自動判定と結果を"
    "表示していません。先に「人の判定」で判定してください。判定する予定がないときは、下のボタンで"
    "表示できます。表示したことは監査記録に残ります。"
)


def blind_step(run: KeptRun, member: Member) -> bool:
    """Tell whether the person may see the results of a run now; else say why, and how."""
    verdicts = Verdicts(resources.assistant().database)
    person_id = member.actor.person_id
    if not verdicts.would_unblind(person_id, run.id):
        return True
    waiting = len(verdicts.waiting_for(person_id, run.id))
    st.warning(_WARNING.format(run=run.id, waiting=waiting))
    if st.button("判定しないで結果を見る", key=f"quality-unblind-{run.id}"):
        perform(f"quality-unblind-{run.id}", partial(_unblind, run.id))
    return False


def _unblind(run_id: int, by: Member) -> str:
    Verdicts(resources.assistant().database).unblind(run_id, by=by.actor)
    return ""
