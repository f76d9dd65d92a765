"""Keeps one child process with the local language model running and says where it listens."""

from __future__ import annotations

import http.client
import json
import os
import queue
import subprocess  # nosec B404
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from assistant.errors import ModelFilesUnavailable, ModelUnavailable
from assistant.language_model.processor import CPU_INFO, default_threads

MAX_RESTARTS = 3
RESTART_WINDOW_SECONDS = 600.0
STOP_SECONDS = 5.0
HEALTH_SECONDS = 5.0
LOG_NAME = "local-model.log"
CODE_ROOT = Path(__file__).resolve().parents[2]


class LocalModelServer:
    """An OpenAI-compatible server for one GGUF file, in a child process of its own.

    `threads` 0 means one a physical core. All methods may be called from any thread. Errors are
    ModelFilesUnavailable (the file) and ModelUnavailable (everything else).
    """

    def __init__(
        self,
        model_path: Path,
        *,
        threads: int,
        context_tokens: int,
        log_folder: Path,
        start_timeout: float = 120,
        cpu_info: Path = CPU_INFO,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model_path = model_path
        self.threads = threads
        self.context_tokens = context_tokens
        self.log_path = log_folder / LOG_NAME
        self.start_timeout = start_timeout
        self.cpu_info = cpu_info
        self._clock = clock
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._where: tuple[str, str] | None = None
        self._launched = False
        self._closed = False
        self._restarts: deque[float] = deque()

    @property
    def address(self) -> str:
        """The base address for an OpenAI client, with /v1."""
        return self._known()[0]

    @property
    def key(self) -> str:
        """The key that the child demands; new after each restart."""
        return self._known()[1]

    @property
    def process_id(self) -> int | None:
        """The child's process number, None when there is no child."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def _known(self) -> tuple[str, str]:
        if self._where is None:
            raise ModelUnavailable("言語モデルはまだ起動していません。もう一度質問してください。")
        return self._where

    def start(self) -> None:
        """Start the child and wait until the model is loaded; nothing happens if it runs."""
        with self._lock:
            self._closed = False
            if not self.alive():
                self._launch()

    def alive(self) -> bool:
        """Tell whether the child is running with its model loaded."""
        return self._where is not None and self.process_id is not None

    def ensure(self) -> tuple[str, str]:
        """Return address and key of a child that answers, starting or restarting it if need be."""
        with self._lock:
            if self._closed:
                raise _closed()
            if not (self.alive() and self._answers()):
                self._launch()
            return self._known()

    def stop(self) -> None:
        """End the child, even one that is still loading; `start` opens it again."""
        self._closed = True
        self._end(self._process)

    def _answers(self) -> bool:
        """Ask the child for its health: a hung process is alive but of no use."""
        target = urlsplit(self.address)
        connection = http.client.HTTPConnection(
            target.hostname or "", target.port, timeout=HEALTH_SECONDS
        )
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _launch(self) -> None:
        self._end(self._process)
        self._where = None
        self._check_file()
        self._count_restart()
        process = self._spawn()
        self._process = process
        try:
            if self._closed:
                raise _closed()
            self._where = self._read_report(process)
        except BaseException:
            self._end(process)
            raise

    def _check_file(self) -> None:
        try:
            with self.model_path.open("rb") as stream:
                magic = stream.read(4)
        except OSError as error:
            raise ModelFilesUnavailable(
                f"言語モデルのファイルを開けません（{self.model_path}: {error.strerror}）。"
                "`make run` で準備するか、ASSISTANT_LOCAL_MODEL の場所と権限を直してください。"
            ) from error
        if magic != b"GGUF":
            raise self._unreadable("GGUF ファイルではありません")

    def _unreadable(self, reason: str) -> ModelFilesUnavailable:
        return ModelFilesUnavailable(
            f"言語モデルのファイルを読み込めません（{self.model_path}: {reason}）。"
            "途中で切れているか、壊れています。このファイルを削除して `make run` をもう一度"
            "実行するか、ASSISTANT_LOCAL_MODEL に正しい GGUF ファイルを指定してください。"
        )

    def _count_restart(self) -> None:
        now = self._clock()
        while self._restarts and now - self._restarts[0] >= RESTART_WINDOW_SECONDS:
            self._restarts.popleft()
        if len(self._restarts) >= MAX_RESTARTS:
            raise ModelUnavailable(
                "言語モデルが繰り返し止まったため、しばらく起動しません（引用だけで回答します）。"
                f"10 分ほど後にもう一度お試しください。管理者は記録を確認: {self.log_path}"
            )
        if self._launched:
            self._restarts.append(now)
        self._launched = True

    def _spawn(self) -> subprocess.Popen[bytes]:
        parameters = {
            "model": str(self.model_path.resolve()),
            "threads": self.threads or default_threads(),
            "context_tokens": self.context_tokens,
            "parent": os.getpid(),
            "cpu_info": str(self.cpu_info.resolve()),
        }
        try:
            self.log_path.parent.mkdir(parents=True, exist_ok=True)
            if self.log_path.exists():
                self.log_path.replace(self.log_path.with_suffix(".log.1"))
            with self.log_path.open("wb") as log:
                process = subprocess.Popen(  # nosec B603
                    [sys.executable, "-m", "assistant.language_model.local_child"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    bufsize=0,
                    cwd=CODE_ROOT,
                    # Out of reach of Ctrl-C in the terminal: an answer may still be finished.
                    start_new_session=True,
                )
        except OSError as error:
            raise ModelUnavailable(
                f"言語モデルのプロセスを起動できません（{error}）。"
                f"空きメモリとフォルダの権限を確かめてください: {self.log_path.parent}"
            ) from error
        if process.stdin is not None:
            # A child that died at once is found out by its missing report.
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(parameters).encode() + b"\n")
        return process

    def _read_report(self, process: subprocess.Popen[bytes]) -> tuple[str, str]:
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=_read_line, args=(process.stdout, lines), daemon=True).start()
        try:
            line = lines.get(timeout=self.start_timeout)
        except queue.Empty as error:
            raise ModelUnavailable(
                f"言語モデルが {self.start_timeout:g} 秒たっても起動しません。"
                "引用だけで回答します。空きメモリとディスクの速さを確かめてください。"
            ) from error
        try:
            report = json.loads(line)
            if "error" not in report:
                return report["address"], report["key"]
        except (ValueError, KeyError, TypeError) as error:
            raise self._died(process) from error
        # The child's log is whole only when the child has ended.
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        raise self._refused(report["error"], report["detail"])

    def _died(self, process: subprocess.Popen[bytes]) -> ModelUnavailable:
        self._end(process)
        if self._closed:
            return _closed()
        return ModelUnavailable(
            f"言語モデルのプロセスが起動中に止まりました（終了状態 {process.returncode}）。"
            f"空きメモリを確かめてください。管理者は記録を確認: {self.log_path}"
        )

    def _refused(self, kind: str, detail: str) -> ModelUnavailable | ModelFilesUnavailable:
        if kind == "cpu":
            return ModelUnavailable(
                f"この計算機の CPU には、ローカルの言語モデルに必要な命令（{detail}）がありません。"
                "ASSISTANT_MODE=extractive（引用だけ）にするか、ASSISTANT_ENDPOINT_URL に"
                "別の言語モデルを設定してください。"
            )
        if kind == "import":
            return ModelUnavailable(
                f"xllamacpp を読み込めません（{detail}）。`make run` で入れ直してください。"
            )
        if "error loading model" in self.log_path.read_text("utf-8", errors="replace"):
            return self._unreadable("内容が正しくありません")
        return ModelUnavailable(
            "言語モデルを起動できません。空きメモリが足りないときは ASSISTANT_LOCAL_CONTEXT_TOKENS"
            f" を小さくしてください。管理者は記録を確認: {self.log_path}"
        )

    @staticmethod
    def _end(process: subprocess.Popen[bytes] | None) -> None:
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _read_line(pipe: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    with pipe:
        lines.put(pipe.readline())


def _closed() -> ModelUnavailable:
    return ModelUnavailable("言語モデルは終了しています。再起動後に質問してください。")
