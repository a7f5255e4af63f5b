"""What is written on a page that AppTest ran."""

from __future__ import annotations

import re
from html import unescape

from streamlit.testing.v1 import AppTest

#: the parts of a sum in the card's head
SUM = re.compile(r'<p class="of">(.*?)</p><p class="loss">(.*?)</p><p class="share">(.*?)</p>')


def as_read(text: str) -> str:
    """*text* without what only keeps a line together."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "")


def said(page: AppTest) -> str:
    """All sentences of the page, as they are read."""
    parts = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error]
    bars = [bar.proto.text for bar in page.get("progress")]
    return as_read("\n".join([*(str(part.value) for part in parts), *bars]))


def sums(page: AppTest) -> list[tuple[str, str, str]]:
    """Each sum of the card: of what, the loss, its share of the value; none where there is no card."""
    found = [SUM.findall(str(one.value)) for one in page.markdown]
    texts = [[as_read(unescape(part)) for part in one] for own in found for one in own]
    return [(of, loss, share) for of, loss, share in texts]
