"""Write a manual as 16:9 PowerPoint slides with tables, speaker notes, footer and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from manual_blocks import Block, Heading, ManualSource, SourceError, SpeakerNote, Table
from office_file import fix_times, set_properties
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Emu, Pt
from sample_mark import MARK, RUNNING_HEAD
from slides_layout import (
    BODY_HEIGHT,
    BODY_WIDTH,
    GAP,
    TABLE_SCALE,
    Line,
    fitting_size,
    group_height,
    groups,
)
from slides_parts import INK, LEFT, place, write_lines, write_table
from text_size import width_in_em

WIDTH, HEIGHT = Pt(960), Pt(540)
TITLE_TOP, TITLE_HEIGHT, TITLE_SIZE = 26.0, 62.0, 28.0  # points, as the next
LONG_TITLE_SIZE = 20.0  # two lines of it are as high as a title may be
BODY_TOP = 98.0
FOOT_TOP, FOOT_HEIGHT, FOOT_SIZE = 500.0, 24.0, 10.0


def write_slides(source: ManualSource, target: Path) -> None:
    """Write the slides to target; raise SourceError for a slide whose text does not fit."""
    presentation = Presentation()
    set_properties(presentation.core_properties, source)
    _widen(presentation)
    _write_cover(presentation, source)
    for heading, blocks in _slides(source.blocks):
        _write_slide(presentation, heading, blocks, source)
    presentation.save(str(target))
    fix_times(target)


def _slides(blocks: tuple[Block, ...]) -> Iterator[tuple[Heading, tuple[Block, ...]]]:
    """Yield each slide's title and what stands under it."""
    starts = [
        n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.level == 1
    ]
    for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        heading = blocks[start]
        if isinstance(heading, Heading):
            yield heading, blocks[start + 1 : end]


def _widen(presentation: Any) -> None:
    """Make the slides 16:9, and stretch the template of 4:3 to them."""
    ratio = WIDTH / presentation.slide_width
    presentation.slide_width, presentation.slide_height = WIDTH, HEIGHT
    for part in (presentation.slide_master, *presentation.slide_layouts):
        for shape in part.placeholders:
            left, top, width, height = shape.left, shape.top, shape.width, shape.height
            shape.left, shape.width = Emu(int(left * ratio)), Emu(int(width * ratio))
            shape.top = Emu(int(top * HEIGHT / Emu(6858000)))
            shape.height = Emu(int(height * HEIGHT / Emu(6858000)))


def _write_cover(presentation: Any, source: ManualSource) -> None:
    """Write the title slide with edition and mark."""
    front_matter = source.front_matter
    slide = presentation.slides.add_slide(presentation.slide_layouts[0])
    title, subtitle = slide.placeholders[0], slide.placeholders[1]
    place(title, 110, 80)
    write_lines(title.text_frame, [Line(front_matter["題名"], is_bold=True)], 36, centred=True)
    place(subtitle, 210, 110)
    about = [front_matter.get("副題"), source.edition_line, front_matter.get("連絡先")]
    lines = [Line(text) for text in filter(None, about)]
    write_lines(subtitle.text_frame, lines, 18, centred=True)
    box = slide.shapes.add_textbox(Pt(LEFT), Pt(370), Pt(BODY_WIDTH), Pt(70))
    box.line.color.rgb = INK
    write_lines(box.text_frame, [Line(MARK)], 14)
    box.text_frame.margin_left = box.text_frame.margin_right = Pt(8)
    box.text_frame.margin_top = Pt(8)
    _write_foot(slide)


def _write_slide(
    presentation: Any, heading: Heading, blocks: tuple[Block, ...], source: ManualSource
) -> None:
    """Write one slide: title, text and tables from the top, and the speaker's notes."""
    content = groups(tuple(block for block in blocks if not isinstance(block, SpeakerNote)))
    size = fitting_size(content)
    if size is None:
        raise SourceError(
            f"{source.name}: スライド「{heading.text}」の文字が多すぎて1枚に入りません。"
            "2枚に分けるか、短くしてください。"
        )
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    title, body = slide.placeholders[0], slide.placeholders[1]
    place(title, TITLE_TOP, TITLE_HEIGHT)
    fits = width_in_em(heading.text) * TITLE_SIZE <= BODY_WIDTH
    title_size = TITLE_SIZE if fits else LONG_TITLE_SIZE
    write_lines(title.text_frame, [Line(heading.text, is_bold=True)], title_size)
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    top = BODY_TOP
    for number, group in enumerate(content):
        height = group_height(group, size)
        if isinstance(group, Table):
            write_table(slide, group, size * TABLE_SCALE, top)
        else:
            box = body if number == 0 else slide.shapes.add_textbox(0, 0, 0, 0)
            is_last = number == len(content) - 1
            place(box, top, BODY_TOP + BODY_HEIGHT - top if is_last else height)
            write_lines(box.text_frame, list(group), size)
        top += height + GAP
    if not content:
        body._element.getparent().remove(body._element)
    notes = [block.text for block in blocks if isinstance(block, SpeakerNote)]
    if notes:
        slide.notes_slide.notes_text_frame.text = "\n".join(notes)
    _write_foot(slide)


def _write_foot(slide: Any) -> None:
    """Give the slide the footer and the number that its layout provides for."""
    for placeholder in slide.slide_layout.placeholders:
        kind = placeholder.placeholder_format.type
        if kind not in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
            continue
        element = deepcopy(placeholder._element)
        element.nvSpPr.cNvPr.id = slide.shapes._next_shape_id
        slide.shapes._spTree.append(element)
        shape = slide.shapes[-1]
        shape.top, shape.height = Pt(FOOT_TOP), Pt(FOOT_HEIGHT)
        if kind == PP_PLACEHOLDER.FOOTER:
            shape.left, shape.width = Pt(LEFT), Pt(BODY_WIDTH * 0.85)
            write_lines(shape.text_frame, [Line(RUNNING_HEAD)], FOOT_SIZE)
        else:
            shape.left, shape.width = Pt(LEFT + BODY_WIDTH * 0.9), Pt(BODY_WIDTH * 0.1)
