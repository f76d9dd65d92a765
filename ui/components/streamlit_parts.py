"""What our style sheet says of Streamlit's own parts: type, focus, sizes, motion, two words."""

from __future__ import annotations

from typing import Final

STREAMLIT_PARTS: Final = """\
html { line-break: strict; background: var(--chonai-page); }
h1, h2, h3, h4, h5, h6 { font-feature-settings: "palt"; word-break: auto-phrase;
  line-height: 1.45 !important; }
body :is([data-testid=stMarkdownContainer] p, [data-testid=stMarkdownContainer] li) {
  line-height: 1.8; }
body [data-testid=stMetricValue] { font-variant-numeric: tabular-nums; }
/* A hidden heading of its own takes no room between what is seen. */
[data-testid=stElementContainer]:has(> [data-testid=stHtml] > .chonai-sr:first-child):not(
  :has(> [data-testid=stHtml] > :not(.chonai-sr, .chonai-say))) { position: absolute; }
:focus-visible { outline: 3px solid var(--chonai-focus) !important; outline-offset: 2px; }
/* A field is cut off at its edge: there the ring lies inside, or round the whole field. */
input:focus-visible, textarea:focus-visible, [role=combobox]:focus-visible {
  outline-offset: -3px; }
[data-testid=stChatInput] textarea:focus-visible { outline: none !important; }
[data-testid=stChatInput]:has(textarea:focus-visible) > div {
  outline: 3px solid var(--chonai-focus); outline-offset: 1px; }
label:has(input[type=checkbox]:focus-visible), label:has(input[type=radio]:focus-visible) {
  outline: 3px solid var(--chonai-focus); outline-offset: 2px; border-radius: .2rem; }
[data-testid=stCheckbox] label > div:not([data-testid]) {
  outline: 1px solid var(--chonai-edge); }
/* Streamlit writes what is chosen or pointed at in the colour of its buttons' ground. */
body :is([data-variant=segmented_control][aria-checked=true],
  [data-testid=stBaseButton-tertiary]:is(:hover, :active, :focus)) {
  color: var(--chonai-accent) !important; }
body [data-variant=segmented_control][aria-checked=true] p { font-weight: 700; }
@media (max-width: 640px) {  /* four sizes of a page in one line of a telephone */
  body [data-variant=segmented_control] { padding-inline: .6rem; } }
[data-testid=stVegaLiteChart] svg text { fill: var(--chonai-text); }
/* Ours come first, and in Japanese. */
[data-testid=stSkipToContent], [data-testid=stMainMenuItem-recordScreencast],
[data-testid=stMainMenuPopover] :has(> .stMenuVersionCopyButton) { display: none !important; }
#chonai-ways a { position: fixed; top: -6rem; left: .5rem; z-index: 1000000; padding: .6rem 1rem;
  color: var(--chonai-on-action); background: var(--chonai-action); font-weight: 700;
  border-radius: .3rem; }
#chonai-ways a:focus { top: .5rem; }
/* Streamlit's file field speaks English only; ::after is read aloud as part of the button. */
[data-testid=stFileUploaderDropzone] button p,
[data-testid=stFileUploaderDropzoneInstructions] > * { display: none !important; }
[data-testid=stFileUploaderDropzone] [data-testid=stMarkdownContainer]::after {
  content: "ファイルを選ぶ"; }
[data-testid=stFileUploaderDropzoneInstructions]::after {
  content: "ここにドラッグしても選べます"; font-size: .875rem; color: var(--chonai-quiet); }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation-duration: .01ms !important;
    animation-iteration-count: 1 !important; transition-duration: 0s !important;
    scroll-behavior: auto !important; }
}
"""
