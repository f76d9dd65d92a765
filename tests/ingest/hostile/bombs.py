"""Bytes that are small and unpack to very much."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache

GIB = 1 << 30
_PIECE = 1 << 20
_MODULUS = 65_521


@cache
def deflated(size: int = GIB, fill: bytes = b"\x00") -> bytes:
    """Return a zlib stream of `size` equal bytes, about 1 MB for 1 GiB, made from one piece."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(fill * _PIECE) + packer.flush(zlib.Z_FULL_FLUSH)
    count = size // _PIECE
    code = fill[0]
    low = (1 + size * code) % _MODULUS
    # The sum of the running sums 1 + code, 1 + 2 code, …
    high = (size + code * (size * (size + 1) // 2)) % _MODULUS
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    return b"\x78\xda" + piece * count + end + struct.pack(">I", high << 16 | low)


def twice_deflated(size: int = GIB) -> bytes:
    """Return a zlib stream of the stream above: some 3 KB for 1 GiB."""
    return zlib.compress(deflated(size), 9)


def rezipped(
    content: bytes,
    changed: Mapping[str, bytes] | None = None,
    added: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return an archive with parts replaced (by their names) and added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            new.writestr(entry, (changed or {}).get(entry.filename, old.read(entry)))
        for name, data in (added or {}).items():
            new.writestr(name, data)
    return buffer.getvalue()


def with_bomb_part(content: bytes, name: str, size: int = GIB) -> bytes:
    """Return an archive with a part of `size` spaces under a name, declared truly."""
    return _with_raw_part(content, name, deflated(size, b" ")[2:-4], size, _crc_of(size, b" "))


def with_understated_part(content: bytes, name: str, size: int = GIB) -> bytes:
    """Return an archive whose part says that it unpacks to 100 bytes, and unpacks to `size`."""
    return _with_raw_part(content, name, deflated(size, b" ")[2:-4], 100, 0)


def with_overlapping_parts(content: bytes, count: int = 200) -> bytes:
    """Return an archive whose directory names the same compressed bytes many times."""
    base = with_bomb_part(content, "word/media/image0.png", 64 * _PIECE)
    end = base.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", base, end + 12)
    directory = base[start : start + size]
    last = directory[directory.rindex(b"PK\x01\x02") :]
    more = last * (count - 1)
    total = struct.unpack_from("<H", base, end + 10)[0] + count - 1
    head = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, total, total, size + len(more), start, 0)
    return base[: start + size] + more + head


def nested_zips(levels: int = 4, width: int = 10) -> bytes:
    """Return zips in zips: 8 MiB times width to the power of levels when all is unpacked."""
    data = b"\x00" * (8 * _PIECE)
    for level in range(levels):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(width):
                archive.writestr(f"{level}/{number}", data)
        data = buffer.getvalue()
    return data


@cache
def _crc_of(size: int, fill: bytes) -> int:
    crc = 0
    piece = fill * _PIECE
    for _ in range(size // _PIECE):
        crc = zlib.crc32(piece, crc)
    return crc


def _with_raw_part(content: bytes, name: str, data: bytes, declared: int, crc: int) -> bytes:
    """Return an archive with one more part, already compressed, in place of one of its name."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry))
    base = buffer.getvalue()
    end = base.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HII", base, end + 10)
    fields = (20, 0, 8, 0, 33, crc, len(data), declared, len(name), 0)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields) + name.encode() + data
    row = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, *fields[:10], 0, 0, 0, 0, start)
    directory = base[start : start + size] + row + name.encode()
    tail = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, count + 1, count + 1, len(directory), start + len(local), 0
    )
    return base[:start] + local + directory + tail
