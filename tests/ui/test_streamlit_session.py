"""Streamlit's own sessions over a real server: nobody goes on where somebody else was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chonai_process import Installation, Served
from signed_in import give_password
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from assistant.embeddings.encoder import Encoder
from assistant.opening import open_assistant
from assistant.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, models_folder: Path, encoder: Encoder
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("sessions") / "data"
    settings = Settings(data_dir=folder, models_dir=models_folder, mode="extractive")
    with open_assistant(settings, encoder=encoder) as opened:
        give_password(opened, "1001")
        give_password(opened, "2002")
    with Installation(folder, models_folder.resolve()).serve() as server:
        yield server


def _open(served: Served, cookie: str, session_id: str = "", **headers: str) -> ClientConnection:
    wanted = ["streamlit", "x", *([session_id] if session_id else [])]
    return connect(
        served.url.replace("http", "ws") + "/_stcore/stream",
        subprotocols=[Subprotocol(name) for name in wanted],
        additional_headers={**({"Cookie": cookie} if cookie else {}), **headers},
        origin=served.url,  # type: ignore[arg-type]
        max_size=None,
    )


def _session_id(socket: ClientConnection) -> str:
    """Run the page, and return the id under which Streamlit keeps its state."""
    asked = BackMsg()
    asked.rerun_script.query_string = ""
    socket.send(asked.SerializeToString())
    while True:
        message = ForwardMsg()
        message.ParseFromString(socket.recv(60))
        if message.WhichOneof("type") == "new_session":
            return message.new_session.initialize.session_id


def test_another_person_s_streamlit_session_is_not_resumed_but_one_s_own_is(
    served: Served,
) -> None:
    first, second = served.sign_in("1001"), served.sign_in("2002")
    with _open(served, first) as socket:
        known = _session_id(socket)
    with _open(served, second, known) as socket:
        assert _session_id(socket) != known
    elsewhere = served.sign_in("1001")  # the same person on another device
    with _open(served, elsewhere, known) as socket:
        assert _session_id(socket) != known
    with _open(served, first, known) as socket:
        assert _session_id(socket) == known


@pytest.mark.parametrize("forged", [{}, {"X-Chonai-User": "mayor", "X-Chonai-Session": "1"}])
def test_a_socket_without_a_session_is_refused(served: Served, forged: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as refused, _open(served, "", **forged):
        pass
    assert refused.value.response.status_code == 403


def test_a_link_for_the_first_administrator_is_printed_where_there_is_none(
    served: Served,
) -> None:
    assert any("/signin/first?token=" in line for line in served.said)
