"""
A document as a PDF of A4 pages, by typst.

The template ``sheet.typ`` knows blocks, not their subject. Texts reach it as JSON, so that none is
taken for markup; the time that a PDF names is the document's own, so that the same document gives
the same bytes.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import typst

from modelops_core.errors import ReportFailed
from modelops_core.services.report.blocks import Document

TEMPLATE = Path(__file__).with_name("sheet.typ")
#: the package that carries the Korean typeface; it is read, never imported
FONT_PACKAGE = "koreanize_matplotlib"
#: of a picture for the screen [pixels an inch]
PICTURE_PPI = 110.0
#: of a drawing in a document of an office, and a page that holds nothing else
DRAWING_PPI = 160.0
DRAWING = """
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg")
"""


def pdf(document: Document) -> bytes:
    """Return the PDF of *document*; raises ReportFailed where it cannot be set."""
    made_of = document.made_of or datetime.fromtimestamp(0, UTC)
    try:
        found = _compiler(document).compile(format="pdf", timestamp=int(made_of.timestamp()))
    except typst.TypstError as error:
        raise ReportFailed("report_not_set", reason=error.message) from error
    assert isinstance(found, bytes)
    return found


def pictures(document: Document, ppi: float = PICTURE_PPI) -> list[bytes]:
    """Return a PNG of each page."""
    made = _compiler(document).compile(format="png", ppi=ppi)
    return made if isinstance(made, list) else [made or b""]


def drawing(svg: str, ppi: float = DRAWING_PPI) -> bytes:
    """Return a PNG of a drawing (SVG), with the typeface of the reports."""
    made = typst.Compiler(
        DRAWING.encode(), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"svg": svg}
    ).compile(format="png", ppi=ppi)
    assert isinstance(made, bytes)
    return made


def _compiler(document: Document) -> typst.Compiler:
    return typst.Compiler(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(document.to_row(), ensure_ascii=False)},
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Read the typefaces once; those of the system would make another PDF on each machine."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())]
    )


def font_folder() -> Path:
    """Return the folder with the Korean typeface; raises ReportFailed where it is not installed."""
    spec = find_spec(FONT_PACKAGE)
    if spec is None or spec.submodule_search_locations is None:
        raise ReportFailed("report_font_missing", package=FONT_PACKAGE)
    return Path(next(iter(spec.submodule_search_locations))) / "fonts"
