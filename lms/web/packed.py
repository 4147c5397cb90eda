"""Pages whose large parts stay the same: those are compressed once, and joined with the small fresh parts into one
gzip stream for each answer. A page of 40 KB costs a checksum instead of a compression.

How: each lasting part is a run of deflate blocks that ends on a byte and refers to nothing before it (Z_FULL_FLUSH), a
fresh part is a stored block (RFC 1951, 3.2.4), and an empty last block closes the stream.
"""

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from flask import Response, request

HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LAST_BLOCK = b"\x03\x00"
WORTH_IT = 240       # shorter parts travel as they are
MOST_STORED = 65535  # a stored block holds no more


class Part(NamedTuple):
    """A piece of a page; `packed` is empty for a piece that is not worth compressing, or is fresh."""

    plain: bytes
    packed: bytes = b""


def lasting(text: str) -> Part:
    """A piece that will be sent many times."""
    plain = text.encode()
    if len(plain) < WORTH_IT:
        return Part(plain)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Part(plain, squeeze.compress(plain) + squeeze.flush(zlib.Z_FULL_FLUSH))


def fresh(text: str) -> Part:
    """A piece made for this answer alone."""
    return Part(text.encode())


def gzip_stream(parts: Sequence[Part]) -> bytes:
    """All parts as one gzip file of one member."""
    plain = b"".join(part.plain for part in parts)
    out, loose = [HEADER], b""
    for part in parts:
        if part.packed:
            out += (_stored(loose), part.packed)
            loose = b""
        else:
            loose += part.plain
    return b"".join((*out, _stored(loose), LAST_BLOCK, struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)))


def page_of(parts: Sequence[Part], status: int = 200) -> Response:
    """The answer made of these parts, compressed where the browser takes it."""
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    body = gzip_stream(parts) if packed else b"".join(part.plain for part in parts)
    response = Response(body, status, mimetype="text/html")
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _stored(data: bytes) -> bytes:
    pieces = [data[at:at + MOST_STORED] for at in range(0, len(data), MOST_STORED)]
    return b"".join(struct.pack("<BHH", 0, len(piece), len(piece) ^ 0xFFFF) + piece for piece in pieces)
