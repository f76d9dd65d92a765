"""Checks the lines of a reorganisation against what there is; all problems are named at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Final

from sqlalchemy import Connection, select

from assistant import calendar, tables
from assistant.errors import UnusableList, UsageError
from assistant.people.names import folded_name
from assistant.people.sections.known_sections import problem_of_section, sections_before
from assistant.people.sections.lineage import SectionChange, read_lineage

_REFUSED: Final = "組織改正の一覧に直すところがあります。何も登録していません。"
_MANUAL = tables.manual.c


@dataclass(frozen=True)
class ChangeLine:
    """One line of a reorganisation: `old` becomes `new`; `manual` is a title or id, "" for all.

    Of several lines for one `old` one is the heir; a section lives on where `new` is its own name.
    """

    line: int
    old: str
    new: str
    heir: bool = False
    manual: str = ""


def checked_changes(
    connection: Connection, lines: Sequence[ChangeLine], *, day: date
) -> tuple[SectionChange, ...]:
    """Return the changes that lines mean; raises UnusableList with every problem.

    UsageError for a day that is over, or no line at all.
    """
    if day < calendar.today():
        raise UsageError(f"施行日 {day} は過ぎています。今日か、これからの日付を指定してください。")
    if not lines:
        raise UsageError("組織改正の行がありません。旧課名と新課名を入力してください。")
    by_old: dict[str, list[ChangeLine]] = defaultdict(list)
    for line in lines:
        by_old[line.old].append(line)
    problems = [*_wrong_names(connection, lines, day), *_contradictions(connection, by_old, day)]
    titles = _Manuals(connection, day)
    changes = []
    for own in by_old.values():
        whole = [line for line in own if not line.manual]
        problems += _wrong_heirs(own, whole)
        for line in own:
            manual_id = titles.find(line, {w.new for w in whole}, problems)
            heir = not line.manual and (line.heir or len(whole) == 1)
            changes.append(SectionChange(day, line.old, line.new, heir, manual_id))
    if problems:
        raise UnusableList(_REFUSED, problems)
    return tuple(changes)


def _wrong_names(connection: Connection, lines: Sequence[ChangeLine], day: date) -> list[str]:
    known = sections_before(connection, day)
    seen = Counter((line.old, line.new, line.manual) for line in lines)
    problems = []
    for line in lines:
        place = f"{line.line}行目: "
        wrong = [p for name in (line.old, line.new) if (p := problem_of_section(name))]
        problems += [place + problem for problem in dict.fromkeys(wrong)]
        if not wrong and line.old not in known:
            near = get_close_matches(line.old, known, n=1)
            hint = f"「{near[0]}」のことですか。" if near else "綴りを確かめてください。"
            problems.append(f"{place}「{line.old}」という課は施行日の前にありません。{hint}")
        if seen.pop((line.old, line.new, line.manual), 1) > 1:
            problems.append(f"{place}同じ行が2度以上あります。1行にしてください。")
    return problems


def _wrong_heirs(own: Sequence[ChangeLine], whole: Sequence[ChangeLine]) -> list[str]:
    """Return what is wrong with the lines of one section: exactly one line inherits."""
    old, first = own[0].old, own[0].line
    if not whole:
        return [
            f"{first}行目: 「{old}」にはマニュアルの行しかありません。"
            "課がどうなるかの行も書いてください。"
        ]
    if len(whole) == 1:
        same = whole[0].new == old
        return [f"{first}行目: 「{old}」の名前が変わりません。行を削除してください。"] * same
    heirs = sum(line.heir for line in whole)
    if heirs == 1:
        return []
    how = "ありません" if not heirs else f" {heirs} 行あります"
    return [
        f"{first}行目: 「{old}」は {len(whole)} つに分かれますが、引き継ぐ課（承継）の印が{how}。"
        "1行だけに ○ を付けてください。"
    ]


def _contradictions(
    connection: Connection, by_old: dict[str, list[ChangeLine]], day: date
) -> list[str]:
    """Return what does not go with changes recorded before, for this day or later ones."""
    table = tables.section_change.c
    query = select(table.id, table.takes_effect, table.old, table.new)
    problems = []
    for row in connection.execute(query.where(table.takes_effect >= day).order_by(table.id)):
        lines = by_old.get(row.old, [])
        lives_on = any(line.new == row.old for own in by_old.values() for line in own)
        if lines and (row.takes_effect == day or not lives_on):
            problems.append(
                f"{lines[0].line}行目: 「{row.old}」には {row.takes_effect} の変更"
                f"（→「{row.new}」、番号 {row.id}）が登録されています。先に取り消してください。"
            )
    return problems


class _Manuals:
    """Finds the manuals that lines name, and who owns them before the day."""

    def __init__(self, connection: Connection, day: date):
        lineage, eve = read_lineage(connection), day - timedelta(days=1)
        self._ids: dict[str, list[str]] = defaultdict(list)
        self._owners: dict[str, str] = {}
        self._named: set[str] = set()
        columns = (_MANUAL.id, _MANUAL.title, _MANUAL.owner_section, _MANUAL.described_on)
        for row in connection.execute(select(*columns)):
            self._ids[folded_name(row.title)].append(row.id)
            self._owners[row.id] = lineage.heir(
                row.owner_section, said=row.described_on, today=eve, manual_id=row.id
            )

    def find(self, line: ChangeLine, destinations: set[str], problems: list[str]) -> str | None:
        """Return the id of a line's manual, None where it names none or cannot be used."""
        if not line.manual:
            return None
        place, title = f"{line.line}行目: ", f"マニュアル「{line.manual}」"
        own = {line.manual} & self._owners.keys()
        ids = list(own) or self._ids.get(folded_name(line.manual), [])
        if len(ids) != 1:
            how = "は見つかりません" if not ids else "という表題は2つ以上あります"
            problems.append(f"{place}{title}{how}。表題か ID を確かめてください。")
            return None
        owner = self._owners[ids[0]]
        if owner != line.old:
            problems.append(f"{place}{title}の所管は「{owner}」です。旧課名を直してください。")
        if ids[0] in self._named:
            problems.append(f"{place}{title}の行き先が2度書かれています。1行にしてください。")
        if destinations and line.new not in destinations:
            problems.append(
                f"{place}「{line.old}」は「{line.new}」になりません。{title}の行き先は"
                f"「{'」か「'.join(sorted(destinations))}」にしてください。"
            )
        self._named.add(ids[0])
        return ids[0]
