"""Takes pictures of every page, narrow and wide, light and dark, over the sample manuals."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
ROOT = Path(__file__).parents[1]
SCHEMES = {"": "light", "-dark": "dark"}
PAGES = (
    "manuals",
    "glossary",
    "manage_manuals",
    "preparedness",
    "usage",
    "users",
    "audit",
    "account",
)
UNANSWERABLE = "住民票の写しは1通いくらですか"
CASES = "指名競争入札では何者を指名しますか"
AREAS = {
    "sets": "質問集",
    "running": "評価する",
    "results": "結果を見る",
    "comparing": "比べる",
    "judging": "人の判定",
}
QUESTIONS = ROOT / "eval" / "questions" / "sample_manuals_development.jsonl"
QUESTION = "少額の随意契約は、工事だといくらまでできますか"
NUMBER, PASSWORD = "20181", "tanuki-ringo-hashigo-7"  # of the throw-away directory
WIDTHS = {"": 1280, "-390": 390}


def main() -> None:
    """Serve on a free port with a throw-away data directory and write docs/images/*.png."""
    chromium = os.environ.get("ASSISTANT_TEST_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium がありません。apt install chromium を実行してください。")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        port = _free_port()
        _add_person(Path(data))
        server = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "serve", "--port", str(port), "--ingest", "manuals"],
            cwd=ROOT,
            env=_environment(Path(data)),
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/api/health")
            _evaluate(Path(data))
            browser = playwright.chromium.launch(executable_path=chromium)
            for (size, width), (look, scheme) in product(WIDTHS.items(), SCHEMES.items()):
                page = browser.new_page(
                    viewport={"width": width, "height": 1150},
                    color_scheme=scheme,
                    locale="ja-JP",
                    timezone_id="Asia/Tokyo",
                )
                _take(page, url, size + look)
                page.close()
            browser.close()
        finally:
            server.terminate()
            server.wait(timeout=30)


def _take(page: Page, url: str, suffix: str) -> None:
    page.goto(url)
    page.get_by_label("職員番号", exact=True).wait_for()
    _keep(page, f"sign_in{suffix}")
    page.get_by_label("職員番号", exact=True).fill(NUMBER)
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)
    _begin_anew(page)  # what was asked in the window before has followed the person
    _keep(page, f"start{suffix}")
    page.get_by_test_id("stChatInputTextArea").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_text("マニュアルの記載の引用です").first.wait_for(timeout=60_000)
    page.get_by_text("解決した").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    _keep(page, f"ask{suffix}")
    _take_beside_an_answer(page, suffix)
    page.get_by_role("button", name="根拠を見る").first.click()
    page.locator("img[src*='/pages/']").first.wait_for(timeout=30_000)
    page.wait_for_timeout(1500)
    _keep(page, f"source{suffix}")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    for name, question in (("asked_back", CASES), ("refused", UNANSWERABLE)):
        _begin_anew(page)
        page.get_by_test_id("stChatInputTextArea").fill(question)
        page.keyboard.press("Enter")
        page.get_by_text("解決した").first.wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
        _keep(page, f"{name}{suffix}")
    for name in PAGES:
        page.goto(f"{url}/{name}")
        page.get_by_role("heading", level=1).first.wait_for(timeout=30_000)
        if name == "audit":  # only what concerns the person: other records name folders
            page.get_by_label("利用者（職員番号）").fill(NUMBER)
            page.get_by_role("button", name="絞り込む").click()
        page.wait_for_timeout(1500)
        _keep(page, f"{name}{suffix}")
    _take_quality(page, url, suffix)
    page.goto(f"{url}/manuals")
    page.get_by_role("button", name="契約事務の手引き").first.click()
    page.locator("img[src*='/pages/']").first.wait_for(timeout=30_000)
    page.wait_for_timeout(1500)
    _keep(page, f"manual{suffix}")
    page.goto(f"{url}/manage_manuals")
    page.get_by_text("マニュアルの一覧", exact=True).click()
    page.get_by_label("開くマニュアル").click()
    page.get_by_role("option", name="旅費事務の手引き").first.click()
    page.get_by_text("版の違い", exact=True).click()
    page.get_by_text("か所の変更").first.wait_for(timeout=30_000)
    page.wait_for_timeout(1500)
    _keep(page, f"difference{suffix}", whole=True)


def _take_beside_an_answer(page: Page, suffix: str) -> None:
    """Take what unfolds beside an answer, and the page as it is printed."""
    for name, label in (("copy", "出典付きでコピー"), ("basis", "起案に添える根拠")):
        page.get_by_role("button", name=label).click()
        page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").wait_for()
        page.wait_for_timeout(500)
        _keep(page, f"{name}{suffix}")
        page.keyboard.press("Escape")
        page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    page.get_by_role("button", name="この会話の名前と削除").click()
    page.get_by_role("button", name="この会話を削除").wait_for()
    page.wait_for_timeout(500)
    _keep(page, f"conversation_menu{suffix}")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="この会話を削除").wait_for(state="detached")
    page.get_by_text("これまでの質問").click()
    page.get_by_label("言葉で探す").wait_for()
    page.wait_for_timeout(500)
    page.get_by_role("heading", level=1).first.scroll_into_view_if_needed()
    _keep(page, f"conversations{suffix}")
    page.get_by_text("これまでの質問").click()
    page.get_by_label("言葉で探す").wait_for(state="detached")
    page.emulate_media(media="print")
    _keep(page, f"printed{suffix}", whole=True)
    page.emulate_media(media="screen")


def _take_quality(page: Page, url: str, suffix: str) -> None:
    """Take the areas of the evaluators' page."""
    page.goto(f"{url}/quality")
    for name, area in AREAS.items():
        page.get_by_role("radio", name=area, exact=True).click()
        page.get_by_role("heading", name=area, exact=True, level=2).wait_for()
        page.wait_for_timeout(1000)
        _keep(page, f"quality_{name}{suffix}")


def _begin_anew(page: Page) -> None:
    """Leave the conversation that is shown, if any."""
    button = page.get_by_role("button", name="新しい質問をはじめる")
    empty = page.get_by_text("見つからないときは、見つからないと答えます。")
    button.or_(empty).first.wait_for()
    if button.count():
        button.click()
    empty.wait_for()
    page.wait_for_timeout(500)


def _keep(page: Page, name: str, *, whole: bool = False) -> None:
    """Write a picture with few colours: a page has no more, and the repository stays small."""
    page.mouse.move(0, 0)  # nothing looks as if it were pointed at
    with Image.open(io.BytesIO(page.screenshot(full_page=whole))) as picture:
        picture.convert("RGB").quantize(colors=96).save(IMAGES / f"{name}.png", optimize=True)


def _add_person(data: Path) -> None:
    """Add whom the pictures show signed in: somebody with every role."""
    named = ["--name", "青葉 みどり", "--section", "DX推進課", "--admin", "--password", "-"]
    for command in (["add", NUMBER, *named], ["grant", NUMBER, "evaluator"]):
        subprocess.run(
            [sys.executable, "-m", "ui.cli", "users", *command],
            cwd=ROOT, env=_environment(data), input=PASSWORD + "\n", text=True, check=True,
        )  # fmt: skip


def _evaluate(data: Path) -> None:
    """Run a set twice, so that results stand on the evaluators' page and can be compared."""
    named = ["--name", "見本マニュアルへの質問"]
    for command in (
        ["sets", "import", str(QUESTIONS), *named], ["answers", named[1]], ["answers", named[1]],
    ):  # fmt: skip
        subprocess.run(
            [sys.executable, "-m", "ui.cli", "eval", *command],
            cwd=ROOT, env=_environment(data), check=True,
        )  # fmt: skip


def _environment(data: Path) -> dict[str, str]:
    models = Path(os.environ.get("ASSISTANT_MODELS_DIR") or ROOT / "var" / "models")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ASSISTANT_")}
    return {
        **kept,
        "ASSISTANT_DATA_DIR": str(data),
        "ASSISTANT_MODELS_DIR": str(models.resolve()),
        "ASSISTANT_MODE": "extractive",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    sys.exit(f"{url} が開きません。")


if __name__ == "__main__":
    main()
