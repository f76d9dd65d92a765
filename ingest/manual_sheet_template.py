"""The empty sheet for a folder's manuals that clerks download, with how to fill it in."""

from __future__ import annotations

import io
from datetime import date
from typing import Final

import xlsxwriter

from ingest.list_guide import head_words, print_on_a4, write_guide
from ingest.manual_sheet import COLUMNS
from ingest.manual_sheet_cells import COUNTED_BY

_LIST: Final = "マニュアル一覧"
_LINES: Final = 1000  # that are laid out and checked; more may be written
_DAYS: Final = ("effective_from", "effective_to", "review_on")
_SENTENCES: Final = ("transition_note", "change_note")
_WIDTHS: Final = {"file": 34, "title": 30, "edition_of": 34, "transition_note": 44,
                  "change_note": 44}  # fmt: skip
_USUAL_WIDTH: Final = 16

_EXAMPLE: Final[dict[str, str | date]] = {
    "file": "（例）旅費事務の手引き（令和8年版）.pdf",
    "title": "旅費事務の手引き",
    "category": "庶務",
    "owner_section": "総務課",
    "extension": "2124",
    "audience": "全員",
    "effective_from": date(2026, 4, 1),
    "edition_of": "（例）旅費事務の手引き.pdf",
    "review_on": date(2027, 2, 1),
    "transition_note": "令和8年3月31日までに決裁した旅行は、前の版によります。",
    "counted_by": "決裁日",
    "change_note": "宿泊料を実費に改めました。",
}
_HOW: Final = {
    "file": (
        "登録するファイルの名前を、.pdf や .docx まで書きます。この一覧と同じフォルダに置きます。"
        "中のフォルダに置いたものは「契約/手引き.pdf」のように書きます。1つのファイルは1行です。",
        "必ず書いてください（空の行は読み飛ばします）",
    ),
    "title": (
        "職員に見せるマニュアルの名前を書きます。",
        "ファイルの中の表題か、ファイル名になります",
    ),
    "category": (
        "庶務、契約、会計など、マニュアルを探すときのまとまりを書きます。",
        "区分なしになります",
    ),
    "owner_section": (
        "マニュアルを作り、問合せに答える課を1つ書きます。"
        "答えが見つからないときに、職員に案内します。",
        "案内する課がなくなります",
    ),
    "extension": ("所管課の内線番号を書きます。", "内線を案内しません"),
    "audience": (
        "読んでよい人を書きます。全員、課:総務課、グループ:文書担当、役割:管理者 の書き方があり、"
        "2つ以上は「課:総務課、課:財政課」のように「、」で区切ります。"
        "「総務課」だけでは、課かグループか分からないので受け付けません。",
        "全員が読めます",
    ),
    "effective_from": (
        "この版を使い始める日を書きます。2026/4/1、2026-04-01、令和8年4月1日、R8.4.1 のどれでも"
        "読めます。同じマニュアルの版は、それぞれ違う日にします。",
        "初めてのマニュアルは前から使っていたものとし、新しい版は取り込んだ日からとします",
    ),
    "effective_to": (
        "廃止が決まっているとき、使わなくなる最初の日を書きます。"
        "3月31日まで使うなら4月1日です。施行日より後の日にします。",
        "次の版の施行日の前日まで使います",
    ),
    "edition_of": (
        "同じマニュアルの版が別のファイル名であるとき、そのファイル名を書きます。"
        "前の版のファイル名でかまいません。前に登録したものは、この一覧になくてもよいです。",
        "ファイル名が同じ版だけを、同じマニュアルとします",
    ),
    "review_on": ("次に内容を見直す予定の日を書きます。", "見直しの予定なしになります"),
    "transition_note": (
        "施行日の後も前の版によるものがあるとき、その定めを文で書きます。",
        "経過措置なしになります",
    ),
    "counted_by": (
        "この版と前の版のどちらによるかを決める日を "
        + "、".join(words[0] for value, words in COUNTED_BY.items() if value)
        + " から1つ選びます。",
        "基準を示しません",
    ),
    "change_note": ("前の版から何を変えたかを、短く書きます。", "変更の説明を示しません"),
}
_NOTES: Final = (
    "「マニュアル一覧」のシートの2行目は例です。書き替えるか、行ごと削除してください。",
    "見出し（1行目）の名前は変えないでください。使わない列は、削除しても並べ替えてもかまいません。",
    "列や行を非表示にしたり、フィルターをかけたりしたまま保存すると、読み込めません。",
    "「マニュアル一覧.xlsx」の名前で、マニュアルと同じフォルダに1つだけ置いてください。",
    "1か所でも直すところがあると、行の番号を全部示し、何も取り込みません。",
)


def write_sheet_template() -> bytes:
    """Return an .xlsx file with the heads, one line as an example and a sheet that explains."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    _write_list(book)
    write_guide(book, COLUMNS, _HOW, _NOTES, widths=(26, 70, 44))
    book.close()
    return content.getvalue()


def _write_list(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(_LIST)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF5", "text_wrap": True})
    # A text keeps the zeros of 0123, but older Excel shows one of over 255 letters as ####.
    text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    sentences = book.add_format({"valign": "top", "text_wrap": True})
    day = book.add_format({"num_format": "yyyy/mm/dd", "valign": "top", "align": "left"})
    for place, column in enumerate(COLUMNS):
        kept = day if column.name in _DAYS else sentences if column.name in _SENTENCES else text
        sheet.set_column(place, place, _WIDTHS.get(column.name, _USUAL_WIDTH), kept)
        sheet.write_string(0, place, head_words(column), head)
        example = _EXAMPLE.get(column.name)
        if isinstance(example, date):
            sheet.write_datetime(1, place, example, kept)
        elif example:
            sheet.write_string(1, place, example, kept)
        if column.name == "counted_by":
            chosen = [words[0] for value, words in COUNTED_BY.items() if value]
            sheet.data_validation(1, place, _LINES, place, {"validate": "list", "source": chosen})
    sheet.freeze_panes(1, 1)
    print_on_a4(sheet)
