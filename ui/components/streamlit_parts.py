"""What our style sheet says of Streamlit's own parts: type, focus, sizes, motion, two words."""

from __future__ import annotations

from typing import Final

STREAMLIT_PARTS: Final = """\
html { line-break: strict; }
h1, h2, h3, h4, h5, h6 { font-feature-settings: "palt"; word-break: auto-phrase;
  line-height: 1.45 !important; }
[data-testid=stMarkdownContainer] p, [data-testid=stMarkdownContainer] li { line-height: 1.8; }
[data-testid=stMetricValue] { font-variant-numeric: tabular-nums; }
:focus-visible { outline: 3px solid var(--chonai-focus) !important; outline-offset: 2px; }
/* Fields are cut off at their edge: there the ring lies inside. */
input:focus-visible, textarea:focus-visible, [role=combobox]:focus-visible {
  outline-offset: -3px; }
/* Streamlit's file field speaks English only; ::after is read aloud as part of the button. */
[data-testid=stFileUploaderDropzone] button p,
[data-testid=stFileUploaderDropzoneInstructions] > * { display: none; }
[data-testid=stFileUploaderDropzone] [data-testid=stMarkdownContainer]::after {
  content: "ファイルを選ぶ"; }
[data-testid=stFileUploaderDropzoneInstructions]::after {
  content: "ここにドラッグしても選べます"; font-size: .875rem; color: var(--chonai-quiet); }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation-duration: .01ms !important;
    animation-iteration-count: 1 !important; transition-duration: .01ms !important;
    scroll-behavior: auto !important; }
}
"""
