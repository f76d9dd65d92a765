"""品質評価 as an evaluator uses it: a set, a run, its figures, a comparison, people's verdicts."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from signed_in import person, streamlit_user
from signed_in_pages import opened_page, press
from small_manuals import publish_text
from streamlit.testing.v1 import AppTest

from assistant.errors import UsageError
from assistant.evaluations.runs import EvaluationRuns
from assistant.evaluations.sets import KeptSet, QuestionSets
from assistant.evaluations.verdicts import Verdicts
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import RoleGrant
from eval.runs.run_rights import HIDDEN_FILE, WITHHELD
from eval.runs.stored_runs import begin_run, go_on
from eval.sets.case_rows import kept_case
from eval.sets.stored_sets import stored_set
from ui import resources
from ui.components.quality.results_area import written_run
from ui.components.quality.set_files import written_set
from ui.components.quality.words import COMPARING, JUDGING, RESULTS, RUNNING
from ui.job_handlers.evaluation import evaluation_job

PAGE = Path(__file__).parents[2] / "ui" / "app_pages" / "quality.py"
APP = Path(__file__).parents[2] / "ui" / "app.py"
FIRST, SECOND, CLERK = "1002", "1003", "1004"
RIGHT = {
    "id": "1", "question": "検査は完了の通知から何日以内に行いますか", "answerable": True,
    "file": "contract.txt", "page": 1, "answer": "14日以内", "key_facts": ["14日"],
}  # fmt: skip
WRONG = {
    "id": "2", "question": "工事の代金は請求書を受け取った日から何日以内に支払いますか",
    "answerable": True, "file": "contract.txt", "page": 2, "answer": "99日以内",
    "key_facts": ["99日"],
}  # fmt: skip
OUTSIDE = {
    "id": "3", "question": "市営プールの営業時間は何時までですか", "answerable": False,
    "kind": "near_miss",
}  # fmt: skip
Open = Callable[..., AppTest]


@pytest.fixture
def office(quick_assistant: Assistant) -> Iterator[Assistant]:
    for number in (FIRST, SECOND):
        person(quick_assistant, number, RoleGrant("evaluator"))
    person(quick_assistant, CLERK)
    publish_text(
        quick_assistant,
        "検査は完了の通知から14日以内に行います。",
        "工事の代金は請求書を受け取った日から40日以内に支払います。",
    )
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


@pytest.fixture
def open_page(office: Assistant) -> Open:
    def open_as(number: str, area: str | None = None) -> AppTest:
        page = opened_page(PAGE, office, number)
        return page if area is None else _go_to(page, area)

    return open_as


def _go_to(page: AppTest, area: str) -> AppTest:
    page.segmented_control[0].set_value(area)
    page.run()
    assert not page.exception
    return page


def _words(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def _rows(page: AppTest, column: str) -> list[dict[str, Any]]:
    """Return the rows of the first table that has a column."""
    return next(
        table.value.to_dict("records") for table in page.dataframe if column in table.value.columns
    )


def _everything(page: AppTest) -> str:
    return _words(page) + str([table.value.to_dict() for table in page.dataframe])


def _kept(office: Assistant, *rows: dict[str, Any], name: str = "契約") -> KeptSet:
    sets = QuestionSets(office.database)
    return sets.replace(name, [kept_case(row) for row in rows], by=OPERATOR_ACTOR)


def _measured(office: Assistant, *rows: dict[str, Any]) -> int:
    """Return the number of a run over these questions."""
    kept = _kept(office, *rows)
    run, _ = begin_run(
        office, stored_set(office.database, kept.name), sample=None, by=OPERATOR_ACTOR
    )
    go_on(office, run.id)
    return run.id


def test_only_evaluators_see_the_page(office: Assistant, open_page: Open) -> None:
    assert "権限がありません" in open_page(CLERK).error[0].value
    for number, allowed in ((FIRST, True), (CLERK, False)):
        page = opened_page(APP, office, number)
        if allowed:
            page = page.switch_page("app_pages/quality.py").run()
            assert page.title[0].value == "品質評価"
        else:
            with pytest.raises(ValueError, match="quality"):
                page.switch_page("app_pages/quality.py")


def test_a_role_that_is_taken_away_stops_the_next_action(
    office: Assistant, open_page: Open
) -> None:
    _kept(office, RIGHT)
    page = open_page(FIRST, RUNNING)
    office.accounts.revoke(FIRST, RoleGrant("evaluator"), by=OPERATOR_ACTOR)
    page = press(page, "評価を始める")
    assert "権限がありません" in page.error[0].value
    assert EvaluationRuns(office.database).all() == []


def test_a_file_is_imported_and_saved_again(office: Assistant, open_page: Open) -> None:
    page = open_page(FIRST)
    assert "質問集はまだありません" in page.info[0].value
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in (RIGHT, OUTSIDE)).encode()
    page.file_uploader[0].set_value([("契約.jsonl", content, "application/jsonl")])
    page = press(page.run(), "取り込む")
    assert page.success[0].value.startswith("「契約」を第1版として取り込みました")
    assert _rows(page, "承認した質問")[0]["承認した質問"] == "2問"
    assert [row["ID"] for row in _rows(page, "正しい答え")] == ["1", "3"]
    sid = streamlit_user(office, office.accounts.member(FIRST))["sid"]
    person_id = office.accounts.member(FIRST).person_id
    saved = written_set("契約@1", ".jsonl", person_id, sid).decode()
    assert [json.loads(line)["id"] for line in saved.splitlines()] == ["1", "3"]
    assert written_set("契約", ".xlsx", person_id, sid)[:2] == b"PK"
    with pytest.raises(UsageError, match="権限"):
        written_set("契約", ".xlsx", person_id, "another")


def test_all_bad_lines_of_a_file_are_told_and_nothing_is_taken(
    office: Assistant, open_page: Open
) -> None:
    page = open_page(FIRST)
    content = b'{"id": "1", "question": "a", "answerable": true}\nno\n{"id": "2"}\n'
    page.file_uploader[0].set_value([("質問.jsonl", content, "application/jsonl")])
    page = press(page.run(), "取り込む")
    assert "2行目: JSON として読めません" in _words(page)
    lines = b'{"id": "1", "question": "a", "answerable": true}\n{"id": "2"}\n'
    page.file_uploader[0].set_value([("質問.jsonl", lines, "application/jsonl")])
    page = press(page.run(), "取り込む")
    assert "直すところは 2 件です" in page.error[0].value
    assert "1行目" in _words(page)
    assert "2行目" in _words(page)
    assert QuestionSets(office.database).all() == []


def test_a_known_set_is_replaced_only_after_a_question(office: Assistant, open_page: Open) -> None:
    _kept(office, RIGHT, WRONG)
    page = open_page(FIRST)
    content = json.dumps(OUTSIDE, ensure_ascii=False).encode()
    page.file_uploader[0].set_value([("契約.jsonl", content, "application/jsonl")])
    page = press(page.run(), "取り込む")
    assert "置き換えます" in page.warning[0].value
    assert QuestionSets(office.database).get("契約").approved == 2
    page = press(page, "置き換える")
    assert QuestionSets(office.database).get("契約").approved == 1


def test_questions_are_filtered_changed_added_and_removed(
    office: Assistant, open_page: Open
) -> None:
    kept = _kept(office, RIGHT, WRONG)
    page = open_page(FIRST)
    page = page.selectbox(key="quality-set").select(kept.id).run()
    page = page.text_input(key="quality-case-text").set_value("工事").run()
    assert [row["ID"] for row in _rows(page, "正しい答え")] == ["2"]
    page = page.selectbox(key="quality-change-契約").select("2").run()
    page.text_area(key="quality-form-契約-2-0-answer").set_value("40日以内")
    page.text_area(key="quality-form-契約-2-0-key_facts").set_value("40日")
    page = press(page, "保存する")
    assert "承認した質問として保存しました" in page.success[0].value
    changed = QuestionSets(office.database).cases(kept.id)[1]
    assert changed.row["key_facts"] == ["40日"]
    assert changed.approved_by_name == office.accounts.member(FIRST).actor.name
    page.text_input(key="quality-form-契約-0-id").set_value("4")
    page.text_area(key="quality-form-契約-0-question").set_value("契約書は何通作りますか")
    page.text_input(key="quality-form-契約-0-page").set_value("二")
    page = press(page, "保存して承認する")
    assert "ページ「二」を読めません" in _words(page)
    page.text_input(key="quality-form-契約-0-page").set_value("2")
    page.text_input(key="quality-form-契約-0-file").set_value("contract.txt")
    page = press(page, "下書きとして保存する")
    kept = QuestionSets(office.database).get("契約")
    assert (kept.approved, kept.drafts) == (2, 1)
    page = page.selectbox(key="quality-change-契約").select("4").run()
    page = press(press(page, "この質問を除く"), "除く")
    assert QuestionSets(office.database).get("契約").drafts == 0


def test_drafts_are_made_from_manuals_and_approved(office: Assistant, open_page: Open) -> None:
    page = open_page(FIRST)
    page.text_input(key="quality-drafting-0-name").set_value("下書き集")
    page = press(page, "下書きを作る")
    assert page.success[0].value == "「下書き集」に下書きを2問加えました。"
    kept = QuestionSets(office.database).get("下書き集")
    page = press(page, "選んだ下書きを承認する")
    assert page.error[0].value.startswith("下書きを選んでください")
    first = QuestionSets(office.database).cases(kept.id)[0].case_id
    page.multiselect[0].select(first)
    page = press(page, "選んだ下書きを承認する")
    assert page.success[0].value == "1問を承認しました。"
    page.checkbox(key=f"quality-all-{kept.id}-1").check()
    page = press(page.run(), "選んだ下書きを除く")
    kept = QuestionSets(office.database).get("下書き集")
    assert (kept.approved, kept.drafts) == (1, 0)


def test_a_set_is_frozen_with_a_reason_and_changed_as_its_next_version(
    office: Assistant, open_page: Open
) -> None:
    kept = _kept(office, RIGHT, WRONG)
    page = open_page(FIRST)
    page = page.selectbox(key="quality-set").select(kept.id).run()
    page = press(press(page, "凍結する"), "凍結を確定する")
    assert "理由を書いてください" in page.error[0].value
    page.text_input(key=f"quality-freeze-reason-{kept.id}").set_value("公開の判断に使う")
    page = press(page, "凍結を確定する")
    frozen = QuestionSets(office.database).get("契約")
    assert (frozen.state, frozen.frozen_reason) == ("frozen", "公開の判断に使う")
    page = page.selectbox(key="quality-change-契約").select("2").run()
    page = press(press(page, "この質問を除く"), "除く")
    assert "第2版から除きました" in page.success[0].value
    assert [k.approved for k in QuestionSets(office.database).all()] == [1, 2]


def test_a_run_is_begun_with_its_time_said_first_and_ends_behind_the_page(
    office: Assistant, open_page: Open
) -> None:
    _kept(office, RIGHT, WRONG, OUTSIDE)
    page = open_page(FIRST, RUNNING)
    assert "3問で約3秒かかる見込みです（1問あたり約1.0秒。まだ実績がないための仮定）" in _words(
        page
    )
    assert "引用だけで答えます" in _words(page)
    page = press(page, "評価を始める")
    assert page.success[0].value == "評価1を始めました（3問）。"
    for _ in range(200):
        if EvaluationRuns(office.database).get(1).state == "done":
            break
        time.sleep(0.1)
    page = page.run()
    [row] = _rows(page, "測った質問")
    assert (row["状態"], row["測った質問"], row["質問集"]) == ("終わった", "3／3問", "契約 第1版")
    assert row["自動判定ですべて正しい"].startswith("66.7%（")
    assert "同じ答え方でのこれまでの3問の実績" in _words(page)
    page = press(page, "結果を開く")
    assert page.header[0].value == RESULTS
    assert not page.warning


def test_a_run_is_stopped_and_goes_on_under_the_same_conditions_only(
    office: Assistant, open_page: Open
) -> None:
    kept = _kept(office, RIGHT, WRONG)
    run, _ = begin_run(
        office, stored_set(office.database, kept.name), sample=None, by=OPERATOR_ACTOR
    )
    runs = EvaluationRuns(office.database)
    page = open_page(FIRST, RUNNING)
    assert "中断" in _words(page)
    assert "止める" not in [button.label for button in page.button]
    job = office.jobs.add(evaluation_job(run), by=OPERATOR_ACTOR)
    assert job is not None
    page = press(open_page(FIRST, RUNNING), "止める")
    assert "止まります" in page.success[0].value
    assert runs.get(run.id).stop_requested
    assert "続きから測る" not in [button.label for button in page.button]
    office.jobs.cancel(job.id)
    page = open_page(FIRST, RUNNING)
    publish_text(office, "別の手引きです。", manual_id="other", title="別の手引き")
    page = press(page, "続きから測る")
    assert "条件が違います" in page.error[0].value
    assert office.jobs.recent(only_open=True, kinds=["evaluation"]) == []


def test_the_result_tells_figures_intervals_and_each_wrong_case(
    office: Assistant, open_page: Open
) -> None:
    run_id = _measured(office, RIGHT, WRONG, OUTSIDE)
    page = open_page(FIRST, RESULTS)
    words = _words(page)
    assert "3問のうち2問が、自動判定ですべて正しい結果でした。割合は66.7%（" in words
    assert "近いが書かれていない質問1問のうち1問が、あるべき結果（回答なし）" in words
    metrics = {row["指標"]: row for row in _rows(page, "指標")}
    assert "〜" in metrics["自動判定ですべて正しい"]["95%の範囲"]
    matrix = {row["質問"]: row for row in _rows(page, "あるべき結果")}
    assert matrix["近いが書かれていない質問"]["回答なし"] == "1問"
    page = page.radio(key="quality-which").set_value("誤りのある質問だけ").run()
    assert [row["ID"] for row in _rows(page, "違うところ")] == ["2"]
    page = page.selectbox(key="quality-case").select("2").run()
    shown = _words(page)
    assert "必要な事実「99日」が回答にありません。" in shown
    assert "40日以内に支払います" in shown
    assert "99日以内" in shown
    assert all(table.proto.alt for table in page.dataframe)
    member = office.accounts.member(FIRST)
    sid = streamlit_user(office, member)["sid"]
    assert written_run(run_id, member.person_id, sid)[:2] == b"PK"


def test_the_cases_of_a_run_are_read_one_after_the_other(
    office: Assistant, open_page: Open
) -> None:
    _measured(office, RIGHT, WRONG, OUTSIDE)
    page = press(open_page(FIRST, RESULTS), "次の質問")
    assert page.selectbox(key="quality-case").value == "1"
    page = press(press(page, "次の質問"), "次の質問")
    assert page.selectbox(key="quality-case").value == "3"
    assert "答えないのが正しい結果です" in _words(page)


def test_two_runs_that_hardly_differ_cannot_be_told_apart(
    office: Assistant, open_page: Open
) -> None:
    page = open_page(FIRST, COMPARING)
    assert "2つ必要です" in page.info[0].value
    _measured(office, RIGHT, WRONG)
    _measured(office, RIGHT, {**WRONG, "answer": "40日以内", "key_facts": ["40日"]}, OUTSIDE)
    page = open_page(FIRST, COMPARING)
    assert "良くなったとも悪くなったとも言えません" in _words(page)
    assert "少なすぎるため、どんな差も確かめられません" in _words(page)
    assert "内容が変わった 1 問は比べていません。" in _words(page)


def test_six_cases_that_turn_make_a_run_worse(office: Assistant, open_page: Open) -> None:
    sentences = [f"{word}の期限は{days}日です。" for days, word in enumerate(
        ("検収", "届出", "申請", "契約", "登録", "報告", "閲覧"), 11
    )]  # fmt: skip
    version = publish_text(office, *sentences, manual_id="days", title="期限の手引き")
    rows = [
        {"id": f"d{page}", "question": f"{sentence[:2]}の期限は何日ですか", "answerable": True,
         "file": "days.txt", "page": page, "key_facts": [sentence.split("は")[1][:3]]}
        for page, sentence in enumerate(sentences, 1)
    ]  # fmt: skip
    _measured(office, *rows)
    office.lifecycle.withdraw(version.manual_id, by=OPERATOR_ACTOR)
    _measured(office, *rows)
    page = open_page(FIRST, COMPARING)
    assert "後の評価のほうが悪くなりました" in _words(page)
    flips = _rows(page, "分かっている理由")
    assert {flip["変化"] for flip in flips} == {"悪くなった"}
    page = press(page, "後の評価の結果を開く")
    assert page.header[0].value == RESULTS
    assert page.selectbox(key="quality-case").value == flips[0]["ID"]


def test_nobody_sees_a_judgement_before_giving_the_own_one(
    office: Assistant, open_page: Open
) -> None:
    run_id = _measured(office, RIGHT, WRONG)
    second = office.accounts.member(SECOND)
    for case_id in ("1", "2"):
        Verdicts(office.database).give(run_id, case_id, "right", by=second.actor)
    page = open_page(FIRST, JUDGING)
    assert "検査は完了の通知から何日以内に行いますか" in _words(page)
    assert "14日以内" in _words(page)
    for told in ("自動判定と違うところ", "誤りあり", second.number):
        assert told not in _words(page)
    assert not page.dataframe
    page = press(page, "正しい")
    assert page.success[0].value == "質問 1 を「正しい」と判定しました。"
    assert "2問のうち1問を判定しました。" in _words(page)
    [row] = _rows(page, "自分の判定")
    assert (row["ID"], row["ほかの評価者"]) == ("1", f"{second.actor.name}：正しい")
    page = press(page, "正しい")
    assert "判定する質問は、もうありません" in page.info[0].value
    assert _rows(page, "κ")[0]["同じ判定"] == "2問"
    [doubt] = _rows(page, "確かめること")
    assert (doubt["ID"], doubt["自動判定"]) == ("2", "誤りあり")
    assert "質問集の正解を確かめてください" in doubt["確かめること"]


def test_who_may_not_read_a_manual_sees_neither_its_words_nor_its_answers(
    office: Assistant, open_page: Open
) -> None:
    _measured(office, WRONG, {**RIGHT, "key_facts": ["98日"]})
    run_id = _measured(office, WRONG, RIGHT)
    publish_text(
        office, "検査は完了の通知から14日以内に行います。",
        "工事の代金は請求書を受け取った日から40日以内に支払います。", audience="section:契約検査課",
    )  # fmt: skip
    page = open_page(FIRST)
    kept = QuestionSets(office.database).get("契約")
    page = page.selectbox(key="quality-set").select(kept.id).run()
    assert [row["正しい答え"] for row in _rows(page, "正しい答え")] == [WITHHELD] * 2
    assert "ファイルに保存できません" in _words(page)
    assert not page.get("download_button")[0].proto.label.startswith("Excel で")
    page = _go_to(page, RESULTS)
    page = page.selectbox(key="quality-case").select("2").run()
    result = _everything(page)
    assert HIDDEN_FILE in result
    compared = _everything(_go_to(page, COMPARING))
    assert "比べた質問は1問" in compared
    assert "判定できません" in _words(_go_to(page, JUDGING))
    member = office.accounts.member(FIRST)
    sid = streamlit_user(office, member)["sid"]
    with pytest.raises(UsageError, match="保存できません"):
        written_set("契約", ".xlsx", member.person_id, sid)
    book = openpyxl.load_workbook(io.BytesIO(written_run(run_id, member.person_id, sid)))
    cells = [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    ]
    for secret in ("40日", "98日", "99日", "14日", "contract.txt"):
        assert secret not in result
        assert secret not in compared
        assert secret not in _everything(page)
        assert secret not in "\n".join(cells)


def test_a_judge_model_that_is_off_says_so(office: Assistant, open_page: Open) -> None:
    _measured(office, RIGHT)
    page = open_page(FIRST, RESULTS)
    assert "審査モデルは使っていません" in _words(page)
    assert "審査モデルに判定させる" not in [button.label for button in page.button]


def test_the_shipped_sets_are_offered_until_they_are_there(
    office: Assistant, open_page: Open
) -> None:
    page = press(open_page(FIRST), "付属の質問集を登録する")
    assert page.success[0].value.startswith("付属の質問集を登録しました（「見本マニュアルの質問」")
    assert "付属の質問集を登録する" not in [button.label for button in page.button]
    assert len(QuestionSets(office.database).all()) == 3


def test_results_wait_behind_a_recorded_step_once_people_judge(
    office: Assistant, open_page: Open
) -> None:
    run_id = _measured(office, RIGHT, WRONG)
    Verdicts(office.database).give(run_id, "1", "right", by=office.accounts.member(SECOND).actor)
    page = open_page(FIRST, RESULTS)
    assert "自分の判定がまだ2問ある" in page.warning[0].value
    assert "質問ごとの結果" not in [item.value for item in page.subheader]
    page = press(page, "判定しないで結果を見る")
    assert "質問ごとの結果" in [item.value for item in page.subheader]
    first = office.accounts.member(FIRST)
    verdicts = Verdicts(office.database)
    assert not verdicts.would_unblind(first.person_id, run_id)
    assert verdicts.would_unblind(office.accounts.member(SECOND).person_id, run_id)
