from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.server import ServerConnection, serve

from assistant.errors import OperationError
from eval.benchmarks.asking_person import ask
from eval.benchmarks.page_session import PageSession, open_page, read_fields


def html(place: Sequence[int], text: str) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend(place)
    message.delta.new_element.html.body = text
    return message


def chat_input(place: Sequence[int]) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend(place)
    message.delta.new_element.chat_input.id = "the-chat-input"
    return message


def block(place: Sequence[int]) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend(place)
    message.delta.add_block.vertical.border = False
    return message


def alert(
    place: Sequence[int], text: str, kind: Alert.Format.ValueType = Alert.ERROR
) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend(place)
    message.delta.new_element.alert.body = text
    message.delta.new_element.alert.format = kind
    return message


def begun() -> ForwardMsg:
    message = ForwardMsg()
    message.new_session.page_script_hash = "the-page"
    return message


def finished(status: int = ForwardMsg.FINISHED_SUCCESSFULLY) -> ForwardMsg:
    return ForwardMsg(script_finished=status)


def question(place: Sequence[int], text: str) -> ForwardMsg:
    return html(place, f'<h2 class="chonai-sr">質問</h2><p class="chonai-body">{text}</p>')


QUOTATION = '<blockquote class="chonai-quote">3者以上です。</blockquote>'
HEADING = "<h3>マニュアルの記載の引用です</h3>"
ENDING = "<p>回答のしかた：引用</p>"


@contextmanager
def page_of(*runs: Sequence[ForwardMsg]) -> Iterator[tuple[PageSession, list[BackMsg]]]:
    """Give a page whose server answers each run with these messages, and what it was sent."""
    sent: list[BackMsg] = []

    def talk(connection: ServerConnection) -> None:
        for messages, received in zip(runs, connection, strict=False):
            asked = BackMsg()
            asked.ParseFromString(received)
            sent.append(asked)
            for message in messages:
                connection.send(message.SerializeToString())

    with serve(talk, "127.0.0.1", 0, subprotocols=["streamlit"]) as server:  # type: ignore[list-item]
        Thread(target=server.serve_forever, daemon=True).start()
        port = server.socket.getsockname()[1]
        with open_page(f"http://127.0.0.1:{port}", cookie="a=b") as page:
            yield page, sent
        server.shutdown()


def drawn(page: PageSession, question: str = "") -> dict[tuple[int, ...], str]:
    for _ in page.run(question):
        pass
    return page.shown


def test_a_question_is_sent_as_streamlit_reads_it() -> None:
    with page_of([begun(), chat_input([2, 0]), finished()], [finished()]) as (page, sent):
        drawn(page)
        drawn(page, "休暇は何日ですか")
    first, second = (message.rerun_script for message in sent)
    assert not first.widget_states.widgets
    [widget] = second.widget_states.widgets
    assert (widget.id, widget.chat_input_value.data) == ("the-chat-input", "休暇は何日ですか")
    assert second.page_script_hash == "the-page"


def test_what_is_drawn_in_the_place_of_something_takes_all_of_it_away() -> None:
    run = [begun(), html([0, 1], "甲"), html([0, 300, 2], "乙"), block([0, 300]), finished()]
    with page_of(run) as (page, _):
        assert drawn(page) == {(0, 1): "甲"}


def test_a_page_that_is_drawn_once_more_is_waited_for() -> None:
    again = finished(ForwardMsg.FINISHED_EARLY_FOR_RERUN)
    with page_of([begun(), html([0, 0], "前"), again, begun(), html([0, 1], "後"), finished()]) as (
        page,
        _,
    ):
        assert drawn(page) == {(0, 1): "後"}


def test_a_page_that_is_not_drawn_in_time_or_leads_away_is_an_error() -> None:
    away = ForwardMsg()
    away.auth_redirect.url = "/signin?reason=ended"
    with page_of([begun()], [away]) as (page, _):
        with pytest.raises(OperationError, match="描かれません"):
            list(page.run(seconds=0.2))
        with pytest.raises(OperationError, match="サインイン"):
            list(page.run())


EARLIER = (question([0, 1], "前の質問"), html([0, 2], HEADING + QUOTATION), html([0, 3], ENDING))
ASKED = question([0, 4], "今の質問")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ([html([0, 5], HEADING), html([0, 6], QUOTATION)], "quoted"),
        (
            [
                html([0, 5], "マニュアルの中に、この質問の答えとなる記載は見つかりませんでした。"),
                html([0, 6], f"<h3>関連する記載</h3>{QUOTATION}"),
            ],
            "refused",
        ),
        ([html([0, 5], "どの場合についての質問ですか。")], "asked back"),
        ([html([0, 5], HEADING + QUOTATION), alert([0, 6], "作成できませんでした")], "failed"),
        ([html([0, 5], HEADING + QUOTATION), alert([0, 6], "異なります", Alert.WARNING)], "quoted"),
    ],
    ids=["quoted", "refused", "asked back", "failed", "quoted with a warning"],
)
def test_only_what_stands_under_the_new_question_counts(answer: Any, outcome: str) -> None:
    runs = (
        [begun(), chat_input([2, 0]), *EARLIER, finished()],
        [begun(), chat_input([2, 0]), *EARLIER, ASKED, *answer, html([0, 9], ENDING), finished()],
    )
    with page_of(*runs) as (page, _):
        drawn(page)
        found = ask(page, "今の質問")
    assert found.outcome == outcome
    assert (found.evidence is not None) == (outcome in ("quoted", "failed"))
    assert found.sentence is None


def test_the_first_sentence_of_a_model_is_told_apart_from_the_question() -> None:
    written = html([0, 3], 'AIが作成した回答です。<p class="chonai-body">3者以上です。</p>')
    runs = (
        [begun(), chat_input([2, 0]), finished()],
        [begun(), question([0, 1], "今"), html([0, 2], HEADING + QUOTATION), written, html([0, 4], ENDING), finished()],
    )  # fmt: skip
    with page_of(*runs) as (page, _):
        drawn(page)
        found = ask(page, "今")
    assert found.evidence is not None
    assert found.sentence is not None
    assert found.evidence <= found.sentence <= found.seconds


def test_an_answer_without_its_end_has_failed() -> None:
    with page_of([begun(), finished()], [begun(), question([0, 1], "今"), finished()]) as (page, _):
        drawn(page)
        assert ask(page, "今").outcome == "failed"


def test_a_group_of_old_protobuf_is_refused() -> None:
    with pytest.raises(ValueError, match="wire type 3"):
        read_fields(b"\x0b")
