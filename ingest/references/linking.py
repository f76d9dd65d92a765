"""The chunks of a document with the places that they are and the references that they make."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.domain import CrossReference, Step, place_key
from assistant.library import ChunkDraft
from ingest.numbering import one_width
from ingest.references.finding import find_references
from ingest.references.place_numbers import (
    FORM,
    NUMBER,
    ROOTS,
    arabic,
    form_steps,
    heading_steps,
    item_steps,
)
from ingest.references.source_names import short_names
from ingest.references.standing import Standing, from_root

_LABELLED = re.compile(rf"^([ぁ-んァ-ヴー一-龠A-Z]{{1,6}}?)\s?({NUMBER})[\s.:、]")
_NO_LABELS = ("第", "表", "別表", "様式", "図")
_CAPTION_KINDS = ("table", "appendix", "form")
_STARTS = ROOTS | {"series"}
_FORM_LIST = re.compile(r"(?P<series>[一-龠々ァ-ヴーA-Za-zＡ-Ｚ]{0,10}?)様式の?一覧")
_LISTED = re.compile(
    rf"(?:^|[\s　]|｜[\s　]?)(?:番号|様式番号)：(?:第(?P<number>{NUMBER})号|(?P<form>{FORM}))"
)
_REMEMBERED = 8  # references of the chunk before that 同条 in the next one may mean


def linked(drafts: Sequence[ChunkDraft], *, title: str = "") -> list[ChunkDraft]:
    """Return a document's chunks with their references, and with the places they begin.

    Of each place the first chunk of its section has it, of 別表 and 様式 the first of the table
    too. A form without a page of its own is found in the list of forms; one in no list where a
    manual whose title has the name of the series (庶務様式, 庶務事務の手引き) first speaks of it.
    """
    labels = _labels(draft.heading_path for draft in drafts)
    paths = [_path_steps(draft.heading_path, labels) for draft in drafts]
    order = list(dict.fromkeys(from_root(p) for path in paths for p in _prefixes(path)))
    standing = Standing(order=order, names=short_names(d.text for d in drafts), labels=labels)
    begun = _begun_places(drafts, paths)
    known = {key for keys in begun.values() for key in keys}
    found: list[ChunkDraft] = []
    before: list[CrossReference] = []
    paragraph = 1
    for index, (draft, path) in enumerate(zip(drafts, paths, strict=True)):
        if index and draft.heading_path != drafts[index - 1].heading_path:
            before, paragraph = [], 1
        here = replace(
            standing,
            steps=path,
            own=frozenset({*_keys(path), *_captions(draft), *_listed_forms(draft)}),
            paragraph=paragraph,
        )
        references = find_references(draft.text, here, before)
        own_forms = {r.place for r in references if _is_of_series(r, title)} - known
        begun[index] |= own_forms
        known |= own_forms
        found.append(
            replace(draft, references=tuple(references), places=tuple(sorted(begun[index])))
        )
        before = [*before, *references][-_REMEMBERED:]
        paragraph = here.paragraph_at(draft.text, len(draft.text))
    return found


def _is_of_series(reference: CrossReference, title: str) -> bool:
    first = reference.steps[0]
    return reference.target is None and first.kind == "series" and first.number in title


def _labels(paths: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the words before the numbers of at least two different headings: 決まり, 問."""
    headings = {heading for path in paths for heading in path}
    found = [m for heading in headings if (m := _LABELLED.match(one_width(heading)))]
    counts = Counter(label for label, _ in {(m[1], m[2]) for m in found})
    return tuple(
        sorted(
            label
            for label, count in counts.items()
            if count > 1 and not any(label.endswith(word) for word in _NO_LABELS)
        )
    )


def _path_steps(path: Sequence[str], labels: Sequence[str]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for heading in path:
        labelled = _LABELLED.match(one_width(heading))
        if labelled and labelled[1] in labels:
            steps.append(Step("heading", labelled[1] + arabic(labelled[2])))
        else:
            steps += heading_steps(heading)
    return tuple(steps)


def _prefixes(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    return [steps[:end] for end in range(1, len(steps) + 1)]


def _keys(steps: tuple[Step, ...]) -> list[str]:
    """Return under which keys a place may be asked for: from each of its unique numbers on."""
    found: list[str] = []
    for part in _prefixes(steps):
        if part[-1].kind == "series":
            continue
        starts = [0, *(i for i, step in enumerate(part) if i and step.kind in _STARTS)]
        found += [place_key(part[start:]) for start in starts]
    return list(dict.fromkeys(found))


def _begun_places(
    drafts: Sequence[ChunkDraft], paths: Sequence[tuple[Step, ...]]
) -> dict[int, set[str]]:
    """Return, by the index of a chunk, the keys of the places that begin in it."""
    begun: dict[int, set[str]] = defaultdict(set)
    known: set[str] = set()

    def begin(index: int, keys: Iterable[str]) -> None:
        new = set(keys) - known
        begun[index] |= new
        known.update(new)

    for index, path in enumerate(paths):
        begin(index, _keys(path))
    tables: set[str] = set()
    for index, (draft, path) in enumerate(zip(drafts, paths, strict=True)):
        begin(index, _item_keys(draft, path))
        own = _captions(draft)
        if draft.kind == "table" and path and path[-1].kind in _CAPTION_KINDS:
            own |= set(_keys(path))
        own -= tables  # the first chunk of a table, even where its section has begun before
        begun[index] |= {
            key for key in own if key.rpartition("/")[2].partition(":")[0] in _CAPTION_KINDS
        }
        tables |= own if draft.kind == "table" else set()
        known |= own
    for index, draft in enumerate(drafts):
        begin(index, _listed_forms(draft))
    return begun


def _captions(draft: ChunkDraft) -> set[str]:
    """Return the keys of a table's own number: 別表第3　…, テレワーク様式第2号　…."""
    if draft.kind != "table":
        return set()
    steps = heading_steps(draft.text.split("\n", 1)[0])
    return set(_keys(steps)) if steps and steps[-1].kind in _CAPTION_KINDS else set()


def _item_keys(draft: ChunkDraft, path: tuple[Step, ...]) -> list[str]:
    """Return the keys of the numbered items and paragraphs in a text: 2　…, （1）…, ア　…."""
    if draft.kind != "text" or not path:
        return []
    in_article = from_root(path)[-1].kind in ("article", "supplement")
    found: list[str] = []
    outer: tuple[Step, ...] = (Step("paragraph", "1"),) if in_article else ()
    for sentence in draft.sentences:
        for step in item_steps(sentence):
            if step.kind == "number" and in_article:
                outer = (Step("paragraph", step.number),)
                found += _keys((*path, *outer))
            elif step.kind == "bracketed" and in_article:
                item = Step("item", step.number)
                found += _keys((*path, item)) + _keys((*path, *outer, item))
            else:
                found += _keys((*path, step))
    if in_article:
        found += _keys((*path, Step("paragraph", "1")))
    return found


def _listed_forms(draft: ChunkDraft) -> list[str]:
    """Return the keys of the forms that a list of forms names in its rows."""
    if draft.kind != "table":
        return []
    title = _FORM_LIST.search(draft.text.split("\n", 1)[0]) or _FORM_LIST.search(
        " ".join(draft.heading_path)
    )
    found: list[str] = []
    for row in _LISTED.finditer(draft.text) if title else ():
        steps = form_steps(row) if row["form"] else (Step("form", arabic(row["number"])),)
        if len(steps) == 1 and title and title["series"]:
            steps = (Step("series", title["series"]), *steps)
        found += _keys(steps)
    return found
