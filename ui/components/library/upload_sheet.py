"""対応表: a list that describes the files of one upload, looked at before anything is taken."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

import streamlit as st

from assistant.errors import AssistantError, UnusableList, UsageError
from assistant.library.library_list import COUNTED_BY_WORDS
from assistant.people.access import audience_words
from ingest.manual_sheet import SheetRow, file_key, read_sheet
from ingest.manual_sheet_template import write_sheet_template
from ui import resources
from ui.components.library.acting import Keeper
from ui.components.style import note
from ui.components.text import as_html, as_markdown, date_words
from ui.upload_desk import safe_name

_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOT_LISTED: Final = "対応表にありません（入力欄の内容で取り込みます）"


@dataclass(frozen=True)
class SheetMatch:
    """What a list says of the files that were chosen; `without_file` are its other lines."""

    rows: Mapping[str, SheetRow]
    unlisted: tuple[str, ...]
    without_file: tuple[str, ...]


def show_template_button() -> None:
    """Offer the empty list."""
    st.download_button(
        "対応表のひな形（Excel）をダウンロード", write_sheet_template, mime=_EXCEL,
        file_name="マニュアル一覧.xlsx", on_click="ignore", key="upload-template",
    )  # fmt: skip


def match_sheet(name: str, content: bytes, files: Sequence[str]) -> SheetMatch:
    """Return what a list says of files by their names; raises an AssistantError."""
    rows = {file_key(PurePosixPath(file).name): row for file, row in _read(name, content).items()}
    by_key = {file_key(safe_name(file)): safe_name(file) for file in files}
    return SheetMatch(
        {file: rows[key] for key, file in by_key.items() if key in rows},
        tuple(file for key, file in by_key.items() if key not in rows),
        tuple(key for key in rows if key not in by_key),
    )


def _read(name: str, content: bytes) -> dict[str, SheetRow]:
    """Read a list that was uploaded; what is wrong is told without where we put it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / safe_name(name)
        path.write_bytes(content)
        try:
            return read_sheet(path)
        except UnusableList as error:
            first = str(error).split("\n", 1)[0].replace(f"{folder}/", "")
            raise UnusableList(first, error.problems) from error
        except AssistantError as error:
            raise UsageError(str(error).replace(f"{folder}/", "")) from error


def show_match(match: SheetMatch, common: SheetRow, keeper: Keeper) -> None:
    """Show what would be taken, file by file."""
    st.subheader("取り込む前の確認")
    rows = [
        *(_line(file, merged(row, common), "", keeper) for file, row in match.rows.items()),
        *(_line(file, common, _NOT_LISTED, keeper) for file in match.unlisted),
    ]
    st.dataframe(rows, hide_index=True, alt="取り込むファイルと、対応表の内容")
    if match.without_file:
        names = "、".join(match.without_file[:20])
        more = f" ほか{len(match.without_file) - 20}件" if len(match.without_file) > 20 else ""
        st.warning(
            as_markdown(
                f"対応表にあって、ファイルが選ばれていない行：{names}{more}（取り込みません）"
            )
        )
    st.html(note(as_html("まだ何も取り込んでいません。直すときは、対応表を選び直してください。")))


def merged(row: SheetRow, common: SheetRow) -> SheetRow:
    """Return a line of the list; what it leaves empty is taken from the form."""
    said = {
        name: getattr(row, name) or getattr(common, name) for name in SheetRow.__dataclass_fields__
    }
    return replace(row, **said)


def _line(file: str, row: SheetRow, remark: str, keeper: Keeper) -> dict[str, Any]:
    return {
        "ファイル": file,
        "マニュアル": _known_title(row.edition_of or file, keeper),
        "表題": row.title,
        "区分": row.category,
        "所管課": row.owner_section,
        "内線": row.owner_extension,
        "閲覧範囲": audience_words(row.audience) if row.audience else "",
        "施行日": date_words(row.effective_from),
        "廃止日": date_words(row.effective_to),
        "次回見直し日": date_words(row.review_on),
        "経過措置の基準": COUNTED_BY_WORDS[row.counted_by],
        "経過措置": row.transition_note,
        "改訂の内容": row.change_note,
        "備考": remark,
    }


def _known_title(file: str, keeper: Keeper) -> str:
    """Return which manual a file would be a version of, as far as the person keeps it."""
    manual_id = resources.assistant().library.manual_of_file(file)
    known = None if manual_id is None else keeper.shelf.manual(manual_id)
    return "新しいマニュアル" if known is None else f"『{known.manual.title}』の版"
