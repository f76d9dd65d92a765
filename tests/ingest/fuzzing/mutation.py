"""Changes files at random, and again the same for the same random numbers."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from random import Random

_NUMBER = re.compile(rb"\d+")
_NUMBERS = (
    b"0", b"-1", b"1", b"7", b"255", b"65536", b"1048577", b"2147483647", b"2147483648",
    b"4294967295", b"99999999999999999999", b"1e308", b"0.00001", b"nan", b"",
)  # fmt: skip
_BYTES = (b"\x00", b"\xff", b"\x7f", b"\n", b" ", b"<", b">", b"&", b'"', b"/", b"[", b"(", b"%")
_PIECES = (
    b"\xed\xa0\x80", b"\xef\xbf\xbe", b"\xe2\x80\xae", b"&#x0;", b"&#xD800;", b"&x;", b"<![CDATA[",
    b"<!--", b"endstream", b"endobj", b" 0 R", b"<<", b">>", b"\xff\xfe", b"\x1b$B", b"\x8f",
    b'"', b"\r", b",,,,,,", b"\t", b"|", b"```", b"> > > ", b"- - - ", b"[[[[", b"</", b"<table>",
    b"<td rowspan=99999>", "\u3000".encode(), "第１条".encode(), b"_x0000_", b"#REF!",
)  # fmt: skip
_LONGEST = 200_000  # bytes that a change may copy


def mutated(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Return a file with a few changes; in an archive mostly inside one of its parts."""
    if content.startswith(b"PK") and chance.random() < 0.9:
        return _rezipped(content, chance)
    return _changed(content, others, chance)


def _changed(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 9))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + int(2 ** chance.uniform(0, 12)))
        kind = chance.randrange(9)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at:at] = chance.choice(_BYTES) * chance.choice((1, 1, 1, 40))
        elif kind == 2:
            data[at:at] = chance.choice(_PIECES) * chance.choice((1, 1, 1, 20, 400))
        elif kind == 3:
            del data[at:end]
        elif kind == 4:
            data[at:at] = data[at:end] * min(chance.choice((1, 1, 2, 50)), _LONGEST // 4096)
        elif kind == 5:
            start = chance.randrange(len(data) + 1)
            data[at:end], data[start : start + end - at] = (
                data[start : start + end - at],
                data[at:end],
            )
        elif kind == 6:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            data[at:end] = other[start : start + end - at]
        elif kind == 7:
            data = data[:at] if chance.random() < 0.2 else data
        else:
            _change_number(data, chance)
    return bytes(data)


def _change_number(data: bytearray, chance: Random) -> None:
    start = chance.randrange(len(data) + 1)
    found = _NUMBER.search(data, start) or _NUMBER.search(data)
    if found:
        number = chance.choice((*_NUMBERS, b"%d" % chance.randrange(200)))
        data[found.start() : found.end()] = number


def _rezipped(content: bytes, chance: Random) -> bytes:
    """Change a part or two of an archive, or leave one out, or give it another's name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = list(parts)
    spoken = [name for name in names if name.endswith((".xml", ".rels"))]
    for _ in range(chance.choice((1, 1, 2))):
        name = chance.choice(spoken if chance.random() < 0.95 else names)
        if chance.random() < 0.96:
            parts[name] = _changed(parts[name], [parts[chance.choice(spoken)]], chance)
        elif chance.random() < 0.5:
            parts.pop(name, None)
        else:
            parts[name] = parts[chance.choice(list(parts))]
        spoken = [name for name in spoken if name in parts]
        names = list(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()
