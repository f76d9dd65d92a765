"""What opening an assistant does to the process that it runs in."""

from __future__ import annotations

from hashed_encoder import HashedEncoder
from threadpoolctl import threadpool_info, threadpool_limits

from assistant.opening import open_assistant
from assistant.settings import Settings


def test_products_of_numpy_take_one_thread_once_an_assistant_is_open(settings: Settings) -> None:
    threadpool_limits(2, user_api="blas")
    with open_assistant(settings, encoder=HashedEncoder()):
        threads = {pool["num_threads"] for pool in threadpool_info() if "numpy" in pool["filepath"]}
    assert threads == {1}
