"""The look of pages and sections that are being read: zoom, wide tables, the table of contents."""

from __future__ import annotations

from typing import Final

CONTENTS_KEY: Final = "manual-contents"
"""The key of the container of the table of contents: Streamlit makes a class of it."""
LIST_KEY: Final = "manual-list"

STYLE: Final = f"""<style>
.chonai-zoom {{ overflow: auto; max-height: 80vh; border: 1px solid var(--chonai-line); }}
.chonai-zoom img {{ border: 0; max-width: none; }}
.chonai-zoom-150 img {{ width: 150%; }}
.chonai-zoom-200 img {{ width: 200%; }}
.chonai-zoom-whole img {{ width: auto; max-width: 100%; max-height: 76vh; display: block; }}
.chonai-scroll {{ overflow-x: auto; }}
.chonai-scroll table {{ min-width: min(26rem, 100%); }}
.chonai-scroll td, .chonai-scroll th {{ min-width: 5.5em; }}
.chonai-zoom:focus-visible, .chonai-scroll:focus-visible {{ outline: 3px solid var(--chonai-focus);
  outline-offset: 1px; }}
.chonai-document mark, .chonai-snippet mark {{ background: var(--chonai-mark);
  color: var(--chonai-on-mark); }}
.chonai-document p {{ margin: .3rem 0; }}
.chonai-snippet {{ font-size: .9rem; line-height: 1.7; margin: 0 0 .5rem; padding: 0 0 0 .75rem;
  border-left: 3px solid var(--chonai-line); overflow-wrap: anywhere; }}
.st-key-{CONTENTS_KEY} {{ max-height: 78vh; overflow-y: auto; gap: 0; }}
.st-key-{CONTENTS_KEY} button, .st-key-{LIST_KEY} button {{ justify-content: flex-start;
  text-align: left; padding: .2rem .3rem; min-height: 0; white-space: normal; }}
.st-key-{LIST_KEY} button {{ padding-left: 0; }}
.st-key-{LIST_KEY} button p {{ color: var(--chonai-accent); font-weight: 700; }}
@media (max-width: 640px) {{
  .st-key-{CONTENTS_KEY} {{ max-height: 28vh; border: 1px solid var(--chonai-line);
    padding: .4rem; }}
}}
</style>"""
