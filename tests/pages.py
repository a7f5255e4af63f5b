"""What is written on a page that AppTest ran."""

from __future__ import annotations

import re
from html import unescape

from streamlit.testing.v1 import AppTest

#: the parts of a sum in the card's head
SUM = re.compile(r'<p class="of">(.*?)</p><p class="loss">(.*?)</p><p class="share">(.*?)</p>')


def said(page: AppTest) -> str:
    """All sentences of the page."""
    parts = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error]
    bars = [bar.proto.text for bar in page.get("progress")]
    return "\n".join([*(str(part.value) for part in parts), *bars])


def sums(page: AppTest) -> list[tuple[str, str, str]]:
    """Each sum of the card: of what, the loss, its share of the value; none where there is no card."""
    found = [SUM.findall(str(one.value)) for one in page.markdown]
    return [
        (unescape(of), unescape(loss), unescape(share)) for own in found for of, loss, share in own
    ]
