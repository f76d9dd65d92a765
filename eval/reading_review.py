"""Shows pages of real PDF files beside what the assistant reads there, for review by eye.

Usage: python -m eval.reading_review FOLDER --pages 40 --seed N --out DIR
"""

from __future__ import annotations

import argparse
import html
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from assistant.domain import Page
from assistant.errors import UnreadableManual, UsageError
from assistant.library import ChunkDraft
from assistant.opening import load_encoder
from assistant.settings import read_settings
from eval.report.markdown_table import table
from ingest.chunking import TokenCounts, chunk_drafts
from ingest.document import ReadDocument
from ingest.page_quality import judge_page
from ingest.pdf_pictures import marked_page_png
from ingest.readers import read_document
from ingest.sectioning import sections

_PICTURE_WIDTH = 900
_STYLE = (
    "body{font:15px/1.6 sans-serif;margin:1em}section{display:flex;gap:1em;margin-bottom:3em}"
    "img{width:48%;align-self:flex-start;border:1px solid #999}"
    "pre{width:48%;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}"
)


@dataclass(frozen=True)
class ReadFile:
    """A PDF file as it is read, and its chunks; `refusal` says why there are none."""

    path: Path
    document: ReadDocument
    chunks: list[ChunkDraft]
    refusal: str = ""

    @property
    def mojibake(self) -> list[int]:
        """Numbers of the pages that are searched although their text is rubbish."""
        return [
            page.number or 0
            for page in self.document.pages
            if page.text and judge_page(page.text) == "mojibake"
        ]

    @property
    def empty(self) -> list[int]:
        """Numbers of the pages of which nothing is searched."""
        return [page.number or 0 for page in self.document.pages if not page.text.strip()]

    def counts(self) -> dict[str, str]:
        """Return what the file's row of the summary says."""
        pages = [page for page in self.document.pages if page.text.strip()]
        methods = Counter(page.method for page in pages)
        heads = [(b.page, b.rows[0]) for b in self.document.blocks if b.is_table]
        joined = sum(a[1] == b[1] and (b[0] or 0) - (a[0] or 0) == 1 for a, b in pairwise(heads))
        return {
            "file": self.path.name,
            "pages": str(len(self.document.pages)),
            **{name: str(methods[name]) for name in ("text", "pypdf", "ocr")},
            "empty": str(len(self.empty)),
            "mojibake indexed": str(len(self.mojibake)),
            "tables": str(len(heads) - joined),
            "chunks": str(len(self.chunks)),
            "said to people": "／".join(self.document.problems) or self.refusal,
        }


def read_files(folder: Path, *, token_counts: TokenCounts) -> list[ReadFile]:
    """Read every PDF file of a folder as the pipeline does; raises UsageError without any."""
    paths = sorted(folder.rglob("*.pdf"))
    if not paths:
        raise UsageError(f"{folder} に PDF がありません。")
    return [_read(path, token_counts) for path in paths]


def _read(path: Path, token_counts: TokenCounts) -> ReadFile:
    try:
        read = read_document(path.read_bytes(), path.name)
    except UnreadableManual as refusal:
        return ReadFile(path, ReadDocument([], []), [], str(refusal))
    title = read.title or path.stem
    return ReadFile(path, read, chunk_drafts(sections(read.blocks), token_counts, title=title))


def drawn_pages(files: Sequence[ReadFile], count: int, seed: int) -> list[tuple[ReadFile, Page]]:
    """Draw pages over all files, the same ones for the same seed, in the order of the files."""
    pages = [(file, page) for file in files for page in file.document.pages]
    drawn = random.Random(seed).sample(  # nosec B311
        range(len(pages)), min(count, len(pages))
    )
    return [pages[index] for index in sorted(drawn)]


def page_review(file: ReadFile, page: Page) -> str:
    """Return the chunks' lines that stand on a page, each chunk below its headings."""
    parts = [f"{file.path.name} p.{page.number} ({page.method})"]
    for chunk in file.chunks:
        spans = [span for span in chunk.spans if span.page == page.number]
        if spans:
            parts.append(f"\n[{chunk.kind}] {' > '.join(chunk.heading_path)}")
            parts += [f"  {chunk.text[span.start : span.end]}" for span in spans]
    if len(parts) == 1:
        parts.append("\n(nothing of this page is searched)")
    return "\n".join(parts) + "\n"


def write_review(drawn: Iterable[tuple[ReadFile, Page]], out: Path) -> None:
    """Write a picture and a text for each page, and index.html with both side by side."""
    out.mkdir(parents=True, exist_ok=True)
    sides = []
    for file, page in drawn:
        name = f"{file.path.stem}-{page.number:03d}"
        picture = marked_page_png(file.path, page.number or 1, (), width=_PICTURE_WIDTH)
        (out / f"{name}.png").write_bytes(picture.png)
        text = page_review(file, page)
        (out / f"{name}.txt").write_text(text, "utf-8")
        picture_name = html.escape(f"{name}.png")
        sides.append(
            f'<section><img src="{picture_name}" alt=""><pre>{html.escape(text)}</pre></section>'
        )
    (out / "index.html").write_text(
        f'<!doctype html><html lang="ja"><meta charset="utf-8"><style>{_STYLE}</style>'
        f"{''.join(sides)}</html>\n",
        "utf-8",
    )


def summary(files: Sequence[ReadFile]) -> str:
    """Return the counts of all files as a Markdown table."""
    rows = [file.counts() for file in files]
    return table(list(rows[0]), [list(row.values()) for row in rows])


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the folder, print the counts and write the pages drawn."""
    parser = argparse.ArgumentParser(prog="python -m eval.reading_review")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        counts = load_encoder(read_settings()).token_counts
        files = read_files(given.folder, token_counts=counts)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    write_review(drawn_pages(files, given.pages, given.seed), given.out)
    sys.stdout.write(summary(files) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
