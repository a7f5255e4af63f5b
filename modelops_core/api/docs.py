"""Route of the API's reference: Redoc from the package fastapi-offline, nothing from elsewhere."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata, resources
from pathlib import Path
from typing import Literal

import anyio
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from modelops_core import gzipped

router = APIRouter(include_in_schema=False)
PAGE = "/api/docs"
PACKAGE = "fastapi-offline"
#: version of the bundle, part of its address: it may be kept for ever
BUNDLE = f"{PAGE}/redoc-{metadata.version(PACKAGE)}.js"
#: colours of the pages for Redoc, asked for anew by each visit
THEME = f"{PAGE}/theme.js"
#: the one thing that Redoc would fetch from elsewhere
LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
#: its own script and styles, and the worker that searches
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; worker-src blob:; frame-ancestors 'none'"
)
TITLES = {"ko": "ModelOps API 문서(영문)", "en": "ModelOps API"}
HTML = """<!DOCTYPE html>
<html lang="en" data-theme="{theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
body {{ margin: 0; background: light-dark(#ffffff, #10181d); }}
input::placeholder {{ color: inherit; opacity: 0.8; }}
</style>
</head>
<body>
<noscript>The reference needs JavaScript; <a href="{spec}">its source</a> does not.</noscript>
<redoc spec-url="{spec}"></redoc>
<script src="{script}"></script>
<script src="{bundle}"></script>
</body>
</html>
"""


@router.get(PAGE)
async def page(
    request: Request, lang: Literal["ko", "en"] = "en", theme: Literal["light", "dark", ""] = ""
) -> Response:
    """
    The reference of all routes, made from the OpenAPI document, which is English.

    A page's link says in which language its title and in which theme its colours are; without a
    *theme* they are those that the browser prefers.
    """
    spec = request.app.openapi_url
    title = TITLES[lang]
    body = HTML.format(title=title, theme=theme, spec=spec, script=THEME, bundle=BUNDLE)
    return HTMLResponse(body, headers={"Content-Security-Policy": POLICY})


@router.get(THEME)
async def colours(request: Request) -> Response:
    """The script that gives Redoc the colours of the reader's theme."""
    return gzipped.answer(_theme(), "text/javascript", "no-cache", request.headers)


@lru_cache(maxsize=1)
def _theme() -> bytes:
    return gzipped.pack(Path(__file__).with_name("docs_theme.js").read_bytes())


@router.get(BUNDLE)
async def bundle(request: Request) -> Response:
    """Redoc's script, compressed where the browser takes that."""
    body = await anyio.to_thread.run_sync(_bundle)
    return gzipped.answer(body, "text/javascript", gzipped.FOR_EVER, request.headers)


@lru_cache(maxsize=1)
def _bundle() -> bytes:
    source = resources.files("fastapi_offline") / "static" / "redoc.standalone.js"
    return gzipped.pack(source.read_bytes().replace(LOGO, b"data:,"))
