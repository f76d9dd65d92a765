"""PDF files that nobody makes by accident, each as small as its harm allows."""

from __future__ import annotations

from collections.abc import Mapping

from bombs import deflated, twice_deflated

TEXT = b"BT /F1 12 Tf 72 700 Td (The contract is written twice.) Tj ET"
_FONT = b"<</Font<</F1 <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """Return a stream object's body."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def pdf(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """Return a file of numbered objects with a table of their places; 1 is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    size = max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 %c \n" % (places.get(number, 0), b"nf"[number not in places])
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, table)
    return bytes(out)


def one_page(
    content: bytes = TEXT,
    *,
    entries: bytes = b"",
    catalogue: bytes = b"",
    page: bytes = b"",
    box: bytes = b"[0 0 595 842]",
    more: Mapping[int, bytes] | None = None,
) -> bytes:
    """Return a file of one page; `entries` are those of its content stream."""
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R%s>>"
            % (box, page or b"/Resources" + _FONT),
            4: stream(content, entries),
            **(more or {}),
        }
    )


def flate_bomb() -> bytes:
    """1 GiB of nothing in the content stream of a page, from 1 MB."""
    return one_page(deflated(), entries=b"/Filter/FlateDecode")


def chained_bomb() -> bytes:
    """1 GiB from 3 KB, through two filters."""
    return one_page(twice_deflated(), entries=b"/Filter[/FlateDecode/FlateDecode]")


def bomb_of_operators() -> bytes:
    """1 GiB of one drawing operator after another."""
    return one_page(deflated(fill=b"q"), entries=b"/Filter/FlateDecode")


def outline_bomb() -> bytes:
    """A sound page, and a name tree in a stream that unpacks to 1 GiB."""
    return one_page(
        catalogue=b"/Outlines 5 0 R/PageLabels 6 0 R",
        more={
            5: stream(twice_deflated(), b"/Filter[/FlateDecode/FlateDecode]"),
            6: stream(twice_deflated(), b"/Filter[/FlateDecode/FlateDecode]"),
        },
    )


def picture_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A page that is one picture of 900 million grey points."""
    size = -(-width * height // (1 << 20)) << 20
    entries = (
        b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Width %d/Height %d/Filter/FlateDecode" % (width, height)
    )
    return one_page(
        b"595 0 0 842 0 0 cm /I Do",
        page=b"/Resources<</XObject<</I 5 0 R>>>>",
        more={5: stream(deflated(size), entries)},
    )


def many_pages(count: int = 20_000) -> bytes:
    """Empty pages, all in one node of the tree."""
    kids = b" ".join(b"%d 0 R" % n for n in range(3, count + 3))
    pages = dict.fromkeys(range(3, count + 3), b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>")
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
            **pages,
        }
    )


def one_page_many_times(count: int = 20_000, *, said: int | None = None) -> bytes:
    """One page object named again and again by the tree, which says it has `said` pages."""
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (said or count, b"3 0 R " * count),
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        }
    )


def looping_tree() -> bytes:
    """A page tree whose nodes hold one another."""
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count 4/Kids[3 0 R 2 0 R]>>",
            3: b"<</Type/Pages/Parent 2 0 R/Count 2/Kids[2 0 R 3 0 R]>>",
        }
    )


def deep_tree(depth: int = 10_000) -> bytes:
    """A page under a long chain of nodes."""
    nodes = {n: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (n + 1) for n in range(2, depth)}
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", **nodes, depth: page})


def form_in_itself() -> bytes:
    """A form that draws itself twice."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"
    return one_page(
        TEXT + b" /X Do",
        page=b"/Resources<</Font<</F1 <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
        b"/XObject<</X 5 0 R>>>>",
        more={5: stream(b"/X Do /X Do", entries)},
    )


def forms_that_double(levels: int = 40) -> bytes:
    """Forms that each draw the next one twice: 2 to the power of `levels` drawings."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    forms = {n: stream(b"/X Do /X Do", entries % (n + 1)) for n in range(5, 5 + levels)}
    last = stream(b"0 0 1 1 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    return one_page(
        b"/X Do",
        page=b"/Resources<</XObject<</X 5 0 R>>>>",
        more={**forms, 5 + levels: last},
    )


def outline_of_itself() -> bytes:
    """An outline whose item is its own next and its own child."""
    item = b"<</Title(Loop)/Parent 5 0 R/Next 6 0 R/First 6 0 R/Last 6 0 R/Dest[3 0 R/Fit]>>"
    return one_page(
        catalogue=b"/Outlines 5 0 R",
        more={5: b"<</Type/Outlines/First 6 0 R/Last 6 0 R/Count 1>>", 6: item},
    )


def outline_that_doubles(levels: int = 40) -> bytes:
    """Items that each have the next one as child and as next: without end for who walks them."""
    items = {
        n: b"<</Title(Loop)/Next %d 0 R/First %d 0 R/Dest[3 0 R/Fit]>>" % (n + 1, n + 1)
        for n in range(6, 6 + levels)
    }
    return one_page(
        catalogue=b"/Outlines 5 0 R",
        more={
            5: b"<</Type/Outlines/First 6 0 R/Last 6 0 R>>",
            **items,
            6 + levels: b"<</Title(End)/Dest[3 0 R/Fit]>>",
        },
    )


def labels_of_themselves() -> bytes:
    """A tree of page labels that is its own child."""
    return one_page(catalogue=b"/PageLabels 5 0 R", more={5: b"<</Kids[5 0 R 5 0 R]/Limits[0 9]>>"})


def references_in_a_circle() -> bytes:
    """Objects that are references to one another, where a number belongs."""
    return one_page(
        entries=b"/Extra 6 0 R",
        catalogue=b"/Outlines 6 0 R/PageLabels 7 0 R",
        more={5: b"6 0 R", 6: b"7 0 R", 7: b"6 0 R"},
    )


def deep_arrays(depth: int = 200_000) -> bytes:
    """Arrays in arrays, in the catalogue and on the page."""
    deep = b"[" * depth + b"]" * depth
    return one_page(TEXT + deep, catalogue=b"/Deep " + deep)


def many_paths(count: int = 1_000_000) -> bytes:
    """A page of very many short strokes."""
    return one_page(b"1 1 m 9 9 l S\n" * count)


def tables_before_in_a_circle() -> bytes:
    """A table of places whose predecessor is itself, in a file without pages."""
    content = pdf({1: b"<</Type/Catalog/Pages 2 0 R>>"}, b"/Prev 9999999")
    place = b"%07d" % content.index(b"xref")
    return content.replace(b"/Prev 9999999", b"/Prev " + place)
