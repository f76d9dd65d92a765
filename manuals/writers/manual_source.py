"""Read a sample manual's plain-text source into blocks that the writers lay out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from manual_blocks import (
    FOOTNOTE,
    Block,
    Heading,
    Item,
    ManualSource,
    NewPage,
    Note,
    Paragraph,
    Sheet,
    SourceError,
    SpeakerNote,
    Table,
)
from table_source import CAPTION_PREFIX, WIDTHS_PREFIX, read_table

NEW_PAGE = "改頁"
SHEET_PREFIX = "シート: "
SPEAKER_NOTE_PREFIX = "ノート: "
FENCE = "---"
REQUIRED_KEYS = ("題名", "ファイル", "形式", "版", "施行", "発行")
OPTIONAL_KEYS = ("副題", "連絡先")
LONGEST_LABEL = 8
LONGEST_SHEET_NAME = 31
KINDS = {
    Heading: "見出し",
    Paragraph: "段落",
    Item: "項目",
    Note: "囲み",
    Table: "表",
    NewPage: "改頁",
    Sheet: "シート",
    SpeakerNote: "ノート",
}


@dataclass(frozen=True)
class Format:
    """A file format: its ending, the blocks it can show and whether it can show footnotes."""

    ending: str
    blocks: frozenset[type]
    footnotes: bool = False


_TEXT = frozenset({Heading, Paragraph, Item, Note, NewPage})
_PAPER = _TEXT | {Table}
FORMATS = {
    "pdf": Format(".pdf", _PAPER, footnotes=True),
    "pdf二段組": Format(".pdf", _PAPER, footnotes=True),
    "pdf走査": Format(".pdf", _PAPER, footnotes=True),
    "pdf縦書き": Format(".pdf", _TEXT),
    "word": Format(".docx", _PAPER, footnotes=True),
    "word様式なし": Format(".docx", _PAPER, footnotes=True),
    "excel": Format(".xlsx", frozenset({Sheet, Table, Paragraph, Item, Note})),
    "powerpoint": Format(
        ".pptx", frozenset({Heading, Paragraph, Item, Note, Table, SpeakerNote})
    ),
    "markdown": Format(".md", _PAPER, footnotes=True),
    "html": Format(".html", _PAPER, footnotes=True),
    "text": Format(".txt", _TEXT),
}  # fmt: skip


def read_manual_source(path: Path) -> ManualSource:
    """Read the UTF-8 source at path; raise SourceError with the line number if it is malformed."""
    try:
        lines = tuple(path.read_text(encoding="utf-8").splitlines())
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name}: UTF-8の文字として読めません。") from error
    front_matter, position = _read_front_matter(lines, path.name)
    layout = FORMATS[front_matter["形式"]]
    blocks: list[Block] = []
    while position < len(lines):
        line = lines[position].strip()
        place = f"{path.name} {position + 1}行目"
        end = position + 1
        if line:
            block: Block
            if line.startswith(CAPTION_PREFIX.strip()):
                block, end = _read_caption_and_table(lines, position, path.name)
            else:
                block = _read_line(line, place)
            _check_block(block, blocks, front_matter["形式"], place)
            _check_footnotes(lines[position:end], layout.footnotes, position, path.name)
            blocks.append(block)
        position = end
    if not blocks:
        raise SourceError(f"{path.name}: 本文がありません。")
    return ManualSource(path.name, lines, front_matter, tuple(blocks))


def _read_front_matter(lines: tuple[str, ...], name: str) -> tuple[dict[str, str], int]:
    """Return the front matter and the index of the first line after it."""
    if not lines or lines[0] != FENCE:
        raise SourceError(f"{name} 1行目: 「{FENCE}」がありません。")
    if FENCE not in lines[1:]:
        raise SourceError(f"{name}: 前付けを閉じる「{FENCE}」がありません。")
    closing = lines.index(FENCE, 1)
    front_matter: dict[str, str] = {}
    for number, line in enumerate(lines[1:closing], start=2):
        key, separator, value = line.partition(": ")
        if not separator or not value.strip():
            raise SourceError(f"{name} {number}行目: 前付けは「名前: 値」と書いてください。")
        if key not in REQUIRED_KEYS + OPTIONAL_KEYS:
            raise SourceError(f"{name} {number}行目: 前付けに「{key}」という名前はありません。")
        if key in front_matter:
            raise SourceError(f"{name} {number}行目: 前付けの「{key}」が二つあります。")
        front_matter[key] = value.strip()
    missing = [key for key in REQUIRED_KEYS if key not in front_matter]
    if missing:
        raise SourceError(f"{name}: 前付けに「{'」「'.join(missing)}」がありません。")
    _check_file(front_matter["ファイル"], front_matter["形式"], name)
    return front_matter, closing + 1


def _check_file(file: str, layout: str, name: str) -> None:
    """Refuse an unknown format and a file that has another ending or leaves the folder."""
    if layout not in FORMATS:
        raise SourceError(
            f"{name}: 形式「{layout}」はありません。使えるのは {'、'.join(FORMATS)} です。"
        )
    ending = FORMATS[layout].ending
    path = PurePosixPath(file)
    if path.suffix != ending:
        raise SourceError(
            f"{name}: 形式「{layout}」のファイルは「{ending}」で終わる名前にしてください"
            f"（今は「{file}」）。"
        )
    if path.is_absolute() or ".." in path.parts:
        raise SourceError(f"{name}: ファイル「{file}」は書き出すフォルダーの外を指しています。")


def _read_caption_and_table(lines: tuple[str, ...], position: int, name: str) -> tuple[Table, int]:
    """Read the table at position; its caption must not be empty."""
    if not lines[position].strip().removeprefix(CAPTION_PREFIX.strip()).strip():
        raise SourceError(f"{name} {position + 1}行目: 表の題がありません。")
    if not lines[position].strip().startswith(CAPTION_PREFIX):
        raise SourceError(
            f"{name} {position + 1}行目: 「{CAPTION_PREFIX.strip()}」の後に空白を入れてください。"
        )
    return read_table(lines, position, name)


def _read_line(line: str, place: str) -> Block:
    """Read one line that is not part of a table."""
    if line == NEW_PAGE:
        return NewPage()
    if line.startswith("#"):
        marks, _, text = line.partition(" ")
        if marks.strip("#") or not text.strip() or len(marks) > 4:
            raise SourceError(f"{place}: 見出しは「# 」から「#### 」までで始めてください。")
        return Heading(level=len(marks), text=text.strip())
    if line.startswith(">"):
        if not line.startswith("> "):
            raise SourceError(f"{place}: 囲みは「> 」で始めてください。")
        return Note(line.removeprefix("> "))
    if line.startswith("-"):
        label, separator, text = line.removeprefix("- ").partition("　")
        if not line.startswith("- ") or not separator or not 0 < len(label) <= LONGEST_LABEL:
            raise SourceError(f"{place}: 項目は「- 記号　文」と書いてください（全角の空白）。")
        return Item(label=label, text=text)
    if line.startswith(("|", WIDTHS_PREFIX)):
        raise SourceError(f"{place}: 「{CAPTION_PREFIX}題」と「幅: 」のない表です。")
    if line.startswith(SHEET_PREFIX):
        return Sheet(_sheet_name(line, place))
    if line.startswith(SPEAKER_NOTE_PREFIX):
        return SpeakerNote(line.removeprefix(SPEAKER_NOTE_PREFIX).strip())
    return Paragraph(line)


def _sheet_name(line: str, place: str) -> str:
    """Return a worksheet's name, within what Excel allows."""
    name = line.removeprefix(SHEET_PREFIX).strip()
    if not name or len(name) > LONGEST_SHEET_NAME or set(name) & set("[]:*?/\\"):
        raise SourceError(
            f"{place}: シートの名前は、[ ] : * ? / \\ を除く{LONGEST_SHEET_NAME}文字までです。"
        )
    return name


def _check_block(block: Block, before: list[Block], layout: str, place: str) -> None:
    """Refuse a block that the format cannot show, or not at this place."""
    kind = KINDS[type(block)]
    if type(block) not in FORMATS[layout].blocks:
        raise SourceError(f"{place}: 形式「{layout}」に「{kind}」は使えません。")
    if layout == "excel" and not before and not isinstance(block, Sheet):
        raise SourceError(f"{place}: 「{SHEET_PREFIX}名前」より前に「{kind}」があります。")
    if isinstance(block, Sheet) and block in before:
        raise SourceError(f"{place}: 「{block.name}」という名前のシートが二つあります。")
    first_slide = isinstance(block, Heading) and block.level == 1
    if layout == "powerpoint" and not before and not first_slide:
        raise SourceError(f"{place}: 最初のスライドの「# 題」より前に「{kind}」があります。")
    if layout != "excel" and isinstance(block, Table):
        cells = [cell for row in (*block.head, *block.rows) for cell in row]
        if any(cell.memo for cell in cells):
            raise SourceError(f"{place}: この表の【メモ: 】は、形式「excel」だけで使えます。")


def _check_footnotes(lines: tuple[str, ...], possible: bool, position: int, name: str) -> None:
    """Refuse footnotes that are not closed, or stand where none can be shown."""
    for number, line in enumerate(lines, start=position + 1):
        marks = line.count("［脚注")
        if marks != len(FOOTNOTE.findall(line)):
            raise SourceError(
                f"{name} {number}行目: 脚注は「［脚注: 文］」と書き、中に［］を入れないでください。"
            )
        if marks and not possible:
            raise SourceError(f"{name} {number}行目: この形式に脚注は使えません。")
        if marks and line.startswith(("#", CAPTION_PREFIX)):
            raise SourceError(f"{name} {number}行目: 見出しと表の題に脚注は付けられません。")
