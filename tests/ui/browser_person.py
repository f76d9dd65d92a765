"""Somebody in front of a window of a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chonai_process import Served

SLOW = 60_000  # ms, for a busy machine
ENDED = "回答のしかた："


class Person:
    """Somebody in front of a browser window, with everything the window asked for."""

    def __init__(self, browser: Any, url: str, width: int = 1280) -> None:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="ja-JP", timezone_id="Asia/Tokyo"
        )
        context.set_default_timeout(SLOW)
        self.url = url
        self.page = context.new_page()
        self.hosts: set[str] = set()
        self.pictures: list[Any] = []
        self.problems: list[str] = []
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.on("websocket", lambda socket: self.hosts.add(urlsplit(socket.url).netloc))
        self.page.on("response", self._keep_picture)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def leave(self) -> None:
        """Close the window, in which nothing went wrong and nobody else was asked."""
        assert self.problems == []
        own = urlsplit(self.url).netloc
        assert self.hosts <= {own, ""}  # "": data: and blob: addresses
        self.page.context.close()

    def let_in(self, served: Served, number: str) -> Person:
        """Sign in without the form."""
        name, _, value = served.sign_in(number).partition("=")
        self.page.context.add_cookies([{"name": name, "value": value, "url": self.url}])
        return self

    def fill_in(self, button: str, **fields: str) -> None:
        """Fill in a form by the labels of its fields, and send it."""
        for label, value in fields.items():
            self.page.get_by_label(label, exact=True).fill(value)
        self.page.get_by_role("button", name=button).click()

    def open(self, path: str = "/") -> None:
        self.page.goto(self.url + path)
        self.page.get_by_role("heading", level=1).first.wait_for()

    def begin_anew(self) -> None:
        """Leave the conversation that the person held last, on whatever page."""
        self.open()
        self.settle()
        messages = self.page.get_by_test_id("stChatMessage")
        if messages.count():
            self.page.get_by_role("button", name="新しい質問をはじめる").click()
            # The messages go after the button: who counts them too early counts the old ones.
            messages.first.wait_for(state="detached")

    def settle(self) -> None:
        """Wait until the page of questions has been drawn whole."""
        self.page.get_by_text("基準日を変える").wait_for()
        self.come_to_rest()

    def come_to_rest(self) -> None:
        """Wait until nothing is drawn any more: a list that opens before would close again."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()

    @property
    def field(self) -> Any:
        """The field for questions."""
        return self.page.get_by_test_id("stChatInputTextArea")

    def ask(self, question: str) -> None:
        """Ask, and wait until the answer has ended."""
        self.field.fill(question)
        self.send()

    def send(self) -> None:
        """Send what stands in the field, and wait until the answer has ended."""
        asked = self.page.get_by_text(ENDED).count()
        self.field.press("Enter")
        self.page.get_by_text(ENDED).nth(asked).wait_for()

    def press(self, name: str) -> None:
        """Press the last button of exactly that name."""
        self.page.get_by_role("button", name=name, exact=True).last.click()

    def questions(self) -> list[str]:
        """Return the questions on the page."""
        people = self.page.get_by_test_id("stChatMessage").filter(
            has=self.page.locator("h2", has_text=re.compile("^質問$"))
        )
        return [text.strip() for text in people.locator("p.chonai-body").all_inner_texts()]

    def give_files(self, label: str, files: list[Path]) -> None:
        """Give files to the field of that name, once it is ready for them."""
        field = self.page.get_by_test_id("stFileUploader").filter(has_text=label)
        field.get_by_role("button", name="ファイルを選ぶ").wait_for()
        field.locator("input[type=file]").set_input_files(files)
        for file in files:
            field.get_by_text(file.name).wait_for()

    def wide(self) -> bool:
        """Tell whether the page is wider than its window."""
        return bool(
            self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )

    def _keep_picture(self, response: Any) -> None:
        if "/pages/" in response.url:
            self.pictures.append(response)
