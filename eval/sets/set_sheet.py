"""A question set as a workbook: the template, an export, and how a filled one is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, Final

from assistant.evaluations.sets import MOST_CASES, KeptCase
from assistant.spreadsheet_cells import TYPED, workbook
from eval.sets.case_rows import KIND_WORDS, STATE_WORDS, NumberedRow, exported_row, kept_cases
from eval.sets.set_columns import ANSWERABLE_WORDS, COLUMNS, LIST_NAME, cells_of_row, row_of_cells
from ingest.list_file import read_list
from ingest.list_guide import head_words, print_on_a4, write_guide

_WIDTHS: Final = {"question": 44, "answer": 40, "answer_snippet": 44, "file": 30, "accept": 34,
                  "turns": 44, "kind": 22}  # fmt: skip
_USUAL_WIDTH: Final = 14
_LISTS: Final[Mapping[str, Sequence[str]]] = {
    "kind": list(KIND_WORDS.values()),
    "answerable": list(ANSWERABLE_WORDS),
    "state": list(STATE_WORDS.values()),
}
_HOW: Final = {
    "id": ("質問を見分ける番号や記号です。後で変えると別の質問になります。", "書いてください"),
    "question": ("職員が入力するとおりの言葉で書きます。", "書いてください"),
    "kind": (
        "一覧から選びます。「近いが書かれていない質問」は、マニュアルにある事柄について、"
        "書かれていない点を尋ねる質問です。",
        "答えがあれば単独の質問、なければ範囲外の質問になります",
    ),
    "answerable": ("マニュアルに答えがあるかを選びます。", "書いてください"),
    "file": ("答えが書かれているファイルの名前を .pdf や .docx まで書きます。",
             "答えがある質問では書いてください"),
    "page": ("ファイルの先頭から数えたページです。印刷された番号ではありません。",
             "ファイルのどこでも正しいとします"),
    "section": ("答えが書かれている見出しです。一部でもかまいません。", "根拠の文から見つけます"),
    "answer": ("正しい答えを短く書きます。人が判定するときに見ます。", "判定の手がかりが減ります"),
    "answer_snippet": ("答えが書かれている文を、そのまま写します。", "節の順位を測りません"),
    "key_facts": (
        "回答になければならない言葉や数字です。1行（セルの中の改行）に1つ書きます。"
        "130万円 と 1,300,000円、令和7年4月1日 と 2025年4月1日 は同じと見ます。",
        "事実の有無を測りません",
    ),
    "accept": ("ほかに正しい根拠があれば「契約事務の手引き.pdf 8ページ」の形で、1行に1つ書きます。",
               "ファイル名とページの所だけを正しいとします"),
    "turns": ("会話の続きのとき、前の質問を古い順に1行に1つ書きます。"
              "回答も示すときは「質問 → 回答」と書きます。", "前の質問なしとします"),
    "as_of": ("いつの時点の答えかを、2026-04-01 や 令和8年4月1日 の形で書きます。",
              "測る日の時点で答えます"),
    "condition": ("聞き返すべき質問で、分からないと答えが決まらない条件を書きます。",
                  "聞き返すべき質問では書いてください"),
    "state": ("下書きは測りません。確かめてから承認にします。", "承認とします"),
    "origin": ("下書きを何から作ったかの覚えです。", "なしとします"),
}  # fmt: skip
_NOTES: Final = (
    "「質問」のシートの2行目は例です。ID が（例）で始まる行は読み込みません。",
    "見出し（1行目）の名前は変えないでください。使わない任意の列は削除してもかまいません。",
    "列や行を非表示にしたり、フィルターをかけたりしたまま保存すると、読み込めません。",
    "1か所でも直すところがあると、行の番号を全部示し、何も取り込みません。",
    "氏名や電話番号など、個人が分かる言葉は書かないでください。",
)
EXAMPLE_MARK: Final = "（例）"
_EXAMPLE: Final = {
    "id": f"{EXAMPLE_MARK}001",
    "question": "工事の随意契約は、予定価格がいくらまでですか",
    "kind": "単独の質問",
    "answerable": "ある",
    "file": "契約事務の手引き.pdf",
    "page": "8",
    "answer": "200万円以下",
    "key_facts": "200万円",
    "state": "承認",
}


def read_set_sheet(content: bytes) -> list[KeptCase]:
    """Return the cases of a workbook or CSV; raises UnusableList, UnreadableManual."""
    rows, problems = [], []
    for line in read_list(content, COLUMNS):
        if line.values["id"].startswith(EXAMPLE_MARK):
            continue
        found: list[str] = []
        row = row_of_cells(line.values, found)
        problems += [f"{line.number}行目: {problem}" for problem in found]
        if not found:
            rows.append(NumberedRow(line.number, row))
    return kept_cases(rows, problems=problems)


def write_set_sheet(cases: Iterable[KeptCase], file: BinaryIO) -> None:
    """Write cases as a workbook that `read_set_sheet` reads."""
    _write([cells_of_row(exported_row(case)) for case in cases], file)


def write_set_template(file: BinaryIO) -> None:
    """Write an empty workbook with the heads, one line as an example and a sheet that explains."""
    _write([_EXAMPLE], file)


def _write(lines: Sequence[Mapping[str, str]], file: BinaryIO) -> None:
    with workbook(file) as book:
        _write_list(book, lines)
        write_guide(book, COLUMNS, _HOW, _NOTES, widths=(22, 70, 40))


def _write_list(book: Any, lines: Sequence[Mapping[str, str]]) -> None:
    sheet = book.add_worksheet(LIST_NAME)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF5", "text_wrap": True})
    text = book.add_format({**TYPED, "valign": "top", "text_wrap": True})
    blank = book.add_format({"valign": "top", "text_wrap": True})
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, _WIDTHS.get(column.name, _USUAL_WIDTH), blank)
        sheet.write_string(0, place, head_words(column), head)
        if choices := _LISTS.get(column.name):
            chosen = {"validate": "list", "source": choices}
            sheet.data_validation(1, place, MOST_CASES, place, chosen)
        for row, cells in enumerate(lines, 1):
            if cells.get(column.name):
                sheet.write_string(row, place, cells[column.name], text)
    sheet.freeze_panes(1, 2)
    print_on_a4(sheet)
