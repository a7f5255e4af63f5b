"""Answers with a body that was gzipped once: packing it at every request costs too much."""

from __future__ import annotations

import gzip
import hashlib

from starlette.datastructures import Headers
from starlette.responses import Response

#: the browser keeps for ever what has a version or a hash of its content in its address
FOR_EVER = "public, immutable, max-age=31536000"
#: of zlib: half the time of the best, within some per cent of its size
LEVEL = 6


def pack(body: bytes) -> bytes:
    """Gzip *body*."""
    return gzip.compress(body, LEVEL)


def accepts_gzip(asked: Headers) -> bool:
    """Whether who asks can unpack."""
    return "gzip" in asked.get("accept-encoding", "")


def answer(packed: bytes, media_type: str | None, kept: str, asked: Headers) -> Response:
    """
    *packed* as it is, unpacked for those who cannot, or 304 for those who have it.

    *kept* is the header Cache-Control, *asked* are the headers of the request.
    """
    tag = f'"{hashlib.blake2b(packed, digest_size=8).hexdigest()}"'
    headers = {"etag": tag, "cache-control": kept, "vary": "accept-encoding"}
    if asked.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if not accepts_gzip(asked):
        return Response(gzip.decompress(packed), headers=headers, media_type=media_type)
    return Response(packed, headers={**headers, "content-encoding": "gzip"}, media_type=media_type)
