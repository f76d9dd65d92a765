"""The look of the pages before signing in: Japanese, no script, nothing from outside."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

from ui.components.theme import FONT, custom_properties
from ui.serving.index_page import TITLE

_STYLE: Final = f"""
{custom_properties()}
* {{ box-sizing: border-box; }}
body {{ margin: 0; font-family: {FONT}; color: var(--chonai-text);
  background: var(--chonai-surface); line-height: 1.8; line-break: strict;
  overflow-wrap: anywhere; }}
main {{ max-width: 26rem; margin: 6vh auto; padding: 1.75rem; background: var(--chonai-page);
  border: 1px solid var(--chonai-line); border-radius: .5rem; }}
.product {{ margin: 0; color: var(--chonai-quiet); font-size: .875rem; }}
h1 {{ font-size: 1.4rem; margin: 0 0 1rem; line-height: 1.45; font-feature-settings: "palt";
  word-break: auto-phrase; }}
label {{ display: block; margin: .9rem 0 .2rem; font-weight: 700; }}
.hint {{ margin: .2rem 0 0; font-size: .875rem; color: var(--chonai-quiet); }}
input:not([type=checkbox]) {{ width: 100%; font: inherit; padding: .55rem .6rem; color: inherit;
  border: 1px solid var(--chonai-edge); border-radius: .3rem; background: var(--chonai-page); }}
.check {{ display: flex; gap: .5rem; align-items: flex-start; font-weight: 400; }}
.check input {{ width: 1.5rem; height: 1.5rem; margin-top: .1rem; flex: none; }}
button, .button {{ display: block; width: 100%; margin-top: 1.25rem; padding: .65rem; font: inherit;
  font-weight: 700; text-align: center; text-decoration: none; color: var(--chonai-on-action);
  background: var(--chonai-action); border: 1px solid var(--chonai-action); border-radius: .3rem;
  cursor: pointer; }}
.button.second, button.second {{ color: var(--chonai-accent); border-color: var(--chonai-accent);
  background: var(--chonai-page); }}
:focus-visible {{ outline: 3px solid var(--chonai-focus); outline-offset: 2px; }}
[role=alert] {{ border: 1px solid; background: var(--chonai-bad-surface); color: var(--chonai-bad);
  padding: .5rem .75rem; border-radius: .3rem; margin: 0 0 .5rem; }}
[role=status] {{ border: 1px solid var(--chonai-caution-edge); color: var(--chonai-caution);
  background: var(--chonai-caution-surface); padding: .5rem .75rem; border-radius: .3rem;
  margin: 0 0 .5rem; }}
p {{ margin: .75rem 0 0; }}
a {{ color: var(--chonai-accent); }}
@media (max-width: 30rem) {{ main {{ margin: 0; min-height: 100vh; border: 0; }} }}
"""


def page(title: str, body_html: str, *, status: int = 200) -> HTMLResponse:
    """Return a whole page; `body_html` stands under the heading and is HTML already."""
    html = (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - {TITLE}</title><style>{_STYLE}</style></head>"
        f'<body><main><p class="product">{TITLE}</p><h1>{escape(title)}</h1>'
        f"{body_html}</main></body></html>"
    )
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})


def alert(text: str) -> str:
    """Return a message about what went wrong; "" for none."""
    return f'<p role="alert">{escape(text)}</p>' if text else ""


def status(text: str) -> str:
    """Return a message about how things stand; "" for none."""
    return f'<p role="status">{escape(text)}</p>' if text else ""


def paragraph(text: str) -> str:
    """Return a paragraph."""
    return f"<p>{escape(text)}</p>"


def link(text: str, path: str, *, second: bool = True) -> str:
    """Return a link that looks like a button."""
    kind = "button second" if second else "button"
    return f'<a class="{kind}" href="{escape(path)}">{escape(text)}</a>'


def form(path: str, fields: Sequence[str], button: str, *, csrf: str, next_path: str = "") -> str:
    """Return a form with its protection against forged requests."""
    hidden = f'<input type="hidden" name="csrf" value="{escape(csrf)}">'
    if next_path:
        hidden += f'<input type="hidden" name="next" value="{escape(next_path)}">'
    return (
        f'<form method="post" action="{escape(path)}">{hidden}{"".join(fields)}'
        f"<button>{escape(button)}</button></form>"
    )


def field(
    name: str,
    label: str,
    *,
    kind: str = "text",
    autocomplete: str = "off",
    hint: str = "",
    value: str = "",
    first: bool = False,
    numeric: bool = False,
) -> str:
    """Return a labelled field; it must be filled in."""
    described = f' aria-describedby="{name}-hint"' if hint else ""
    told = f'<p class="hint" id="{name}-hint">{escape(hint)}</p>' if hint else ""
    return (
        f'<label for="{name}">{escape(label)}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{autocomplete}"'
        f' value="{escape(value)}" required maxlength="300"{described}'
        f"{' autofocus' if first else ''}{' inputmode=numeric' if numeric else ''}>{told}"
    )


def check(name: str, label: str, *, checked: bool) -> str:
    """Return a labelled check box."""
    mark = " checked" if checked else ""
    return (
        f'<label class="check"><input type="checkbox" name="{name}" value="1"{mark}>'
        f"<span>{escape(label)}</span></label>"
    )
