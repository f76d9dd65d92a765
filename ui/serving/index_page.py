"""Streamlit's index page made ours: Japanese, titled, with one small script of our own."""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.components.style import STYLE_SHEET
from ui.serving.page_aids import PAGE_AIDS

TITLE: Final = "庁内アシスタント"

# Safari ends a composition with keyCode 229 and isComposing=false, and Streamlit would submit
# half a sentence. A page picture is scrolled to its first mark, an enlarged one in its own frame
# first, and a text once it can be seen; a drawer stands outside of Streamlit's root. The live
# region outlives the page's redrawing, so a screen reader follows it.
SCRIPT: Final = """\
addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.keyCode === 229) event.stopImmediatePropagation();
}, true);
document.addEventListener('load', (event) => {
  const picture = event.target;
  if (!(picture instanceof HTMLImageElement) || !picture.dataset.chonaiMark) return;
  const share = (name) => Number(picture.dataset[name] || 0);
  for (let frame = picture.parentElement; frame; frame = frame.parentElement) {
    if (!['auto', 'scroll'].includes(getComputedStyle(frame).overflowY)) continue;
    const box = picture.getBoundingClientRect();
    const seen = frame.getBoundingClientRect();
    const right = box.left + box.width * share('chonaiLeft') - seen.left - frame.clientWidth / 8;
    const down = box.top + box.height * share('chonaiMark') - seen.top - frame.clientHeight / 3;
    frame.scrollBy(right, down);
    if (!frame.classList.contains('chonai-zoom')) break;
  }
}, true);
const showMarks = () => {
  for (const text of document.querySelectorAll('.chonai-marked:not([data-shown])')) {
    const mark = text.querySelector('mark');
    const seen = mark && (mark.checkVisibility ? mark.checkVisibility() : mark.offsetParent);
    if (!seen) continue;
    text.dataset.shown = 'yes';
    mark.scrollIntoView({block: 'center', inline: 'nearest'});
  }
};
// What is folded away can be seen once it has unfolded, which takes Streamlit half a second.
document.addEventListener('toggle', () => setTimeout(showMarks, 600), true);
if (document.currentScript.dataset.shared) {
  // A shared terminal signs out after minutes without activity; reading on is activity too.
  let told = 0;
  const tell = (event) => {
    if (!event.isTrusted || Date.now() - told < 20000) return;
    told = Date.now();
    fetch('/signin/active', {method: 'POST'});
  };
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchmove']) {
    addEventListener(kind, tell, {capture: true, passive: true});
  }
}
addEventListener('DOMContentLoaded', () => {
  const live = document.createElement('div');
  live.id = 'chonai-live';
  live.setAttribute('role', 'status');
  live.setAttribute('aria-live', 'polite');
  live.style.cssText =
    'position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)';
  document.body.append(live);
  let last = '';
  new MutationObserver(() => {
    showMarks();
    const spans = document.querySelectorAll('.chonai-say');
    const text = spans.length ? spans[spans.length - 1].textContent : '';
    if (text !== last) { last = text; live.textContent = text; }
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
});
"""

_UNCHANGED_ANSWERS: Final = (b"accept-encoding", b"if-none-match", b"if-modified-since")
_VALIDATORS: Final = ("etag", "last-modified", "content-length")
_STREAMLITS: Final = "<title>Streamlit</title>"
_NO_SCRIPT: Final = "このページを見るには、ブラウザの JavaScript を有効にしてください。"


async def script(_request: Request) -> Response:
    """Answer /ui.js."""
    return Response(
        SCRIPT + PAGE_AIDS,
        media_type="text/javascript",
        headers={"Cache-Control": "private, max-age=300"},
    )


def rewritten(html: str, *, shared: bool = False) -> str:
    """Return Streamlit's index page in Japanese and with our script; other pages as they are.

    On a shared terminal the script tells of activity.
    """
    if _STREAMLITS not in html:
        return html
    html = html.replace('<html lang="en">', '<html lang="ja">')
    html = html.replace(_STREAMLITS, f"<title>{TITLE}</title>")
    html = re.sub(
        r"<noscript>.*?</noscript>", f"<noscript><p>{_NO_SCRIPT}</p></noscript>", html, flags=re.S
    )
    mark = ' data-shared="1"' if shared else ""
    ours = f'<style>{STYLE_SHEET}</style><script src="/ui.js"{mark}></script>'
    return html.replace("</head>", f"{ours}</head>")


class IndexPage:
    """ASGI middleware that rewrites every HTML answer; files pass through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Collect an HTML answer, rewrite it and send it as one body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asks_page = b"text/html" in dict(scope["headers"]).get(b"accept", b"")
        if asks_page or "." not in scope["path"]:  # ask for it whole, uncompressed, anew
            kept = [(k, v) for k, v in scope["headers"] if k not in _UNCHANGED_ANSWERS]
            scope = {**scope, "headers": kept}
        start: Message | None = None
        body = b""

        async def rewrite(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_html(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await _send_rewritten(start, body, scope, send)

        await self.app(scope, receive, rewrite)


def _is_html(message: Message) -> bool:
    headers = MutableHeaders(scope=message)
    is_plain = "content-encoding" not in headers
    return is_plain and headers.get("content-type", "").startswith("text/html")


async def _send_rewritten(start: Message, body: bytes, scope: Scope, send: Send) -> None:
    headers = MutableHeaders(scope=start)
    for name in _VALIDATORS:
        del headers[name]
    if scope["method"] != "HEAD":
        shared = bool(scope.get("state", {}).get("on_shared_terminal"))
        body = rewritten(body.decode(), shared=shared).encode()
        headers["content-length"] = str(len(body))
    await send(start)
    await send({"type": "http.response.body", "body": body})
