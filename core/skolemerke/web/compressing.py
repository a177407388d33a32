"""Pages and files leave compressed, for lines on which each kilobyte is felt.

A reverse proxy may compress too; what is compressed already it passes on. A page holds a secret (the token of its form)
beside words that an attacker may choose, so that its length must tell nothing: each compressed page is made longer by a
number of bytes that nobody can foresee. Streams, parts of files and evidence are left as they are.
"""

from __future__ import annotations

import secrets
import zlib
from functools import lru_cache

from flask import Flask, Response, request

from skolemerke.web import guard

LEAST = 512
"""What is shorter gains nothing."""

LEVEL = 5
MOST_PADDING = 100
WITHOUT_WHOLE_TEXT = frozenset({204, 206, 304})
TYPES = frozenset({"application/javascript", "application/json", "image/svg+xml"})
LETTERS = b"abcdefghijklmnopqrstuvwxyz"


def register(app: Flask) -> None:
    """Compress what an application answers to those who take it."""
    app.after_request(_compress)


def packed(data: bytes, padding: bytes = b"") -> bytes:
    """The data as one gzip member; the padding stands in its head, where the name of a file may stand."""
    squeeze = zlib.compressobj(LEVEL, wbits=-zlib.MAX_WBITS)
    head = b"\x1f\x8b\x08" + (b"\x08" if padding else b"\x00") + bytes(5) + b"\xff"
    name = padding + b"\0" if padding else b""
    tail = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return head + name + squeeze.compress(data) + squeeze.flush() + tail


@lru_cache(maxsize=64)
def _packed_file(data: bytes) -> bytes:
    return packed(data)


def _compress(response: Response) -> Response:
    is_file = request.endpoint in guard.FILES
    if not _is_text(response) or response.status_code in WITHOUT_WHOLE_TEXT:
        return response
    if response.is_streamed and not is_file:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or "Content-Encoding" in response.headers:
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < LEAST:
        return response
    response.set_data(_packed_file(data) if is_file else packed(data, _padding()))
    response.headers["Content-Encoding"] = "gzip"
    etag, _is_weak = response.get_etag()
    if etag:
        # The bytes are others than those that the mark was made for; what they say is the same.
        response.set_etag(etag, weak=True)
    return response


def _is_text(response: Response) -> bool:
    return (response.mimetype or "").startswith("text/") or response.mimetype in TYPES


def _padding() -> bytes:
    return bytes(secrets.choice(LETTERS) for _ in range(1 + secrets.randbelow(MOST_PADDING)))
