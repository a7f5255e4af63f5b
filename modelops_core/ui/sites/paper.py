"""Draws a table for paper only: a print cannot scroll the one of the screen above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

#: the text of a cell, and its own colours as CSS (none: those of the page)
Cell = tuple[str, str]
#: characters of a number, a grade or a date, which stay on one line
WHOLE = 10


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """
    Draw all *rows* below their *head*.

    ``frame/page.css`` hides it on a screen, and the editor of sites on paper.
    """
    st.html(html(head, rows))


def html(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table as HTML, with every text as it was typed."""
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<table class="paper"><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table>'


def _cell(cell: Cell) -> str:
    text, css = cell
    style = f' style="{escape(css)}"' if css else ""
    whole = ' class="whole"' if len(text) <= WHOLE else ""
    return f"<td{whole}{style}>{escape(text)}</td>"
