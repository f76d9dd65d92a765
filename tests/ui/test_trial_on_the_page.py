"""The page マニュアル管理 shows what a version makes worse, and publishes it for a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from signed_in import person, streamlit_user
from small_manuals import prepared_manual, publish_text
from streamlit.testing.v1 import AppTest

from assistant.domain import ManualVersion
from assistant.evaluations.sets import QuestionSets
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.shelf import Shelf
from assistant.library.trials import last_trial
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import RoleGrant
from assistant.publications import PUBLICATION
from eval.sets.case_rows import NumberedRow, kept_cases
from ui import resources, state

pytestmark = pytest.mark.slow

APP = Path(__file__).parents[2] / "ui" / "app.py"
LIMIT = {
    "id": "1", "question": "限度額は", "answerable": True, "file": "contract.txt", "page": 1,
    "answer_snippet": "限度額は80万円です。", "key_facts": ["80万円"],
}  # fmt: skip


@pytest.fixture
def opened(quick_assistant: Assistant) -> Iterator[Assistant]:
    quick_assistant.publications._settings = quick_assistant.settings = (
        quick_assistant.settings.model_copy(update={"quality_gate": "block"})
    )
    publish_text(quick_assistant, "限度額は80万円です。")
    cases = kept_cases([NumberedRow(1, LIMIT)])
    QuestionSets(quick_assistant.database).replace("契約", cases, by=OPERATOR_ACTOR)
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


@pytest.fixture
def draft(opened: Assistant) -> ManualVersion:
    prepared = prepared_manual("限度額は120万円です。")
    store_vectors(opened.library.vectors, opened.library.encoder, prepared.drafts)
    return Publisher(opened.library).draft(prepared)


def card(opened: Assistant) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=60)
    page.user = streamlit_user(opened, person(opened, "1001", RoleGrant("administrator")))
    page.run()
    page = page.switch_page("app_pages/manage_manuals.py").run()
    page = page.radio(key=state.LIBRARY_AREA_KEY).set_value("マニュアルの一覧").run()
    page = page.selectbox(key=state.KEPT_MANUAL_KEY).select("contract").run()
    return page.radio(key="library-part-contract").set_value("版と公開").run()


def press(page: AppTest, label: str) -> AppTest:
    page = next(b for b in page.button if b.label == label).click().run()
    assert not page.exception
    return page


def do_jobs(opened: Assistant) -> None:
    jobs = opened.jobs.recent(kinds=[PUBLICATION], only_open=True)
    resources.background().do([job.id for job in jobs], say=lambda _: None)


def test_a_version_waits_with_its_cases_until_a_reason_is_given(
    opened: Assistant, draft: ManualVersion
) -> None:
    page = press(card(opened), "今すぐ公開する")
    assert "質問集で確かめています" in page.success[0].value
    do_jobs(opened)
    page = page.run()
    assert any("悪くなった質問あり" in item.value for item in page.warning)
    assert any("限度額は" in item.label for item in page.expander)
    shown = "\n".join(item.value for item in page.html)
    assert "限度額は80万円です。" in shown
    assert "限度額は120万円です。" in shown
    page = press(page, "理由を付けて公開する")
    assert "公開する理由を書いてください" in page.error[0].value
    page.text_input(key=f"trial-reason-{draft.id}").set_value("限度額の改正")
    page = press(page, "理由を付けて公開する")
    do_jobs(opened)
    page = page.run()
    trial = last_trial(opened.database, draft.id)
    assert trial is not None
    assert (trial.decision, trial.reason) == ("published", "限度額の改正")
    assert any("限度額の改正" in item.value for item in page.warning)


def test_a_version_that_waits_can_be_made_a_draft_again(
    opened: Assistant, draft: ManualVersion
) -> None:
    press(card(opened), "今すぐ公開する")
    do_jobs(opened)
    page = press(card(opened), "公開をやめて下書きに戻す")
    assert "下書きに戻りました" in page.success[0].value
    listing = Shelf(opened.library, None).version(draft.id)
    assert listing is not None
    assert listing.version.state == "draft"
