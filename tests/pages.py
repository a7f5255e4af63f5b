"""What is written on a page that AppTest ran."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def said(page: AppTest) -> str:
    """All sentences of the page."""
    parts = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error]
    return "\n".join(str(part.value) for part in parts)
