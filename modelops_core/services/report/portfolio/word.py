"""The report as a DOCX: the tables and figures of the pages, to be written on in an office."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime

import docx
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from modelops_core.domain.peril import Peril
from modelops_core.services import safe_text
from modelops_core.services.report import typeset
from modelops_core.services.report.blocks import Block, Note, Picture, Table
from modelops_core.services.report.portfolio import paper
from modelops_core.services.report.portfolio.content import Content

#: the typeface that Korean Windows has; another system takes its own
TYPEFACE = "Malgun Gothic"
LONG, SHORT, MARGIN = 297, 210, 12
SMALL = 6.5


def file(content: Content, perils: Mapping[str, Peril]) -> bytes:
    """Return the DOCX."""
    page = paper.document(content, perils)
    made = docx.Document()
    _set_up(made, content)
    if content.banner:
        made.add_paragraph(content.banner).runs[0].bold = True
    made.add_heading(safe_text.for_xlsx(content.title), level=0)
    made.add_paragraph(content.subtitle)
    made.add_paragraph(content.stamp)
    for block in page.blocks:
        _add(made, block)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _set_up(made: Docx, content: Content) -> None:
    """A4 across, a Korean typeface, the footer and the properties."""
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(LONG), Mm(SHORT)
    section.left_margin = section.right_margin = Mm(MARGIN)
    section.top_margin = section.bottom_margin = Mm(MARGIN)
    section.footer.paragraphs[0].text = content.footer
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = TYPEFACE, Pt(9)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), TYPEFACE)
    about, made_of = made.core_properties, content.made_of or datetime.fromtimestamp(0, UTC)
    about.title, about.author, about.language = content.title, "ModelOps", content.language
    about.created = about.modified = made_of.replace(tzinfo=None)


def _add(made: Docx, block: Block) -> None:
    if isinstance(block, Table):
        made.add_heading(block.title, level=2)
        _table(made, block)
        _small(made, block.note)
    elif isinstance(block, Picture):
        made.add_heading(block.title, level=2)
        image = io.BytesIO(typeset.drawing(block.svg))
        made.add_picture(image, width=Mm(LONG - 2 * MARGIN - 20))
        _small(made, block.caption)
    elif isinstance(block, Note):
        made.add_heading(block.title, level=2)
        for line in block.lines:
            made.add_paragraph(line, style="List Bullet")


def _table(made: Docx, block: Table) -> None:
    """Columns as wide as on paper, numbers to the right, the header on every page."""
    lines = [block.head, *block.rows]
    table = made.add_table(rows=len(lines), cols=len(block.head), style="Light List Accent 1")
    table.autofit = False
    widths = [Mm((LONG - 2 * MARGIN) * share / sum(block.shares)) for share in block.shares]
    strong = {0, *(i + 1 for i in block.strong)}
    for i, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
        for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width, paragraph = widths[at], cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            if block.align[at] == "right":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(safe_text.for_xlsx(text))
            run.font.size, run.bold = Pt(SMALL), i in strong
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)


def _small(made: Docx, text: str) -> None:
    run = made.add_paragraph().add_run(safe_text.for_xlsx(text))
    run.font.size = Pt(SMALL + 0.5)
