from __future__ import annotations

from collections.abc import Callable, Iterator

import hostile_pdfs as pdfs
import pytest

from assistant.errors import UnreadableManual
from ingest.process.reading_process import ReadingLimits, ReadingProcess

SAID = "The contract is written twice."
_LIMITS = ReadingLimits(seconds=120, megabytes=2000)  # of memory, as it is by default
_LITTLE = ReadingLimits(seconds=120, megabytes=300)
Make = Callable[[], bytes]


@pytest.fixture(scope="module")
def process() -> Iterator[ReadingProcess]:
    process = ReadingProcess()
    yield process
    process.close()


def _text(process: ReadingProcess, content: bytes, limits: ReadingLimits = _LIMITS) -> str:
    return "".join(page.text for page in process.read(content, "手引き.pdf", limits).pages)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(pdfs.outline_bomb, id="a bomb where the outline belongs"),
        pytest.param(pdfs.outline_of_itself, id="an outline that is its own next"),
        pytest.param(
            pdfs.outline_that_doubles,
            id="an outline that doubles 40 times",
            marks=pytest.mark.slow,
        ),
        pytest.param(pdfs.labels_of_themselves, id="page labels in a circle"),
        pytest.param(pdfs.references_in_a_circle, id="references in a circle"),
        pytest.param(pdfs.deep_arrays, id="200,000 arrays in arrays"),
    ],
)
def test_harm_beside_the_text_leaves_the_text_readable(process: ReadingProcess, make: Make) -> None:
    assert SAID in _text(process, make())


@pytest.mark.parametrize(
    "box", [b"[0 0 1000000 1000000]", b"[0 0 0 0]", b"[9 9 1 1]", b"[0 0 1e38 nan]"]
)
def test_a_page_of_any_size_is_read(process: ReadingProcess, box: bytes) -> None:
    assert SAID in _text(process, pdfs.one_page(box=box))


@pytest.mark.parametrize("box", [b"[0 0 1000000 1000000]", b"[0 0 0 0]", b"[0 0 14400 1]"])
def test_a_drawing_of_any_size_is_refused_as_having_no_text(
    process: ReadingProcess, box: bytes
) -> None:
    with pytest.raises(UnreadableManual, match="文字として読めるページがありません"):
        _text(process, pdfs.one_page(b"0 0 m 9 9 l S 1 1 5 5 re f", box=box))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(pdfs.many_pages, id="20,000 empty pages"),
        pytest.param(pdfs.one_page_many_times, id="one page 20,000 times"),
    ],
)
def test_too_many_pages_are_refused_before_any_is_read(process: ReadingProcess, make: Make) -> None:
    with pytest.raises(UnreadableManual, match=r"ページ数が 20000 .*分割して登録してください"):
        process.read(make(), "手引き.pdf", ReadingLimits(seconds=10, megabytes=500))


def test_a_thousand_empty_pages_are_no_work(process: ReadingProcess) -> None:
    with pytest.raises(UnreadableManual, match="文字として読めるページがありません"):
        process.read(pdfs.many_pages(1000), "手引き.pdf", ReadingLimits(seconds=60, megabytes=500))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(pdfs.looping_tree, id="a page tree in a circle"),
        pytest.param(pdfs.deep_tree, id="a page under 10,000 nodes"),
        pytest.param(lambda: pdfs.one_page_many_times(3, said=400_000_000), id="a wrong count"),
        pytest.param(pdfs.tables_before_in_a_circle, id="tables of places in a circle"),
    ],
)
def test_a_file_without_true_pages_is_refused(process: ReadingProcess, make: Make) -> None:
    with pytest.raises(UnreadableManual, match="作り直"):
        _text(process, make())


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(pdfs.flate_bomb, id="1 GiB from 1 MB"),
        pytest.param(pdfs.chained_bomb, id="1 GiB from 3 KB through two filters"),
        pytest.param(pdfs.bomb_of_operators, id="1 GiB of operators"),
        pytest.param(pdfs.form_in_itself, id="a form that draws itself"),
        pytest.param(pdfs.forms_that_double, id="forms that double 40 times"),
    ],
)
def test_a_bomb_is_stopped_by_the_memory_that_it_takes(process: ReadingProcess, make: Make) -> None:
    with pytest.raises(UnreadableManual, match=r"メモリーが要るため中止.*登録してください"):
        _text(process, make(), _LITTLE)
    assert SAID in _text(process, pdfs.one_page())


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(pdfs.picture_bomb, id="a picture of 900 million points"),
        pytest.param(lambda: pdfs.many_paths(300_000), id="300,000 strokes"),
    ],
)
def test_a_page_without_end_to_draw_is_refused(process: ReadingProcess, make: Make) -> None:
    with pytest.raises(UnreadableManual, match=r"ください。$"):
        _text(process, make())
    assert SAID in _text(process, pdfs.one_page())
