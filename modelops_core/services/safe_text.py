"""
Text that another program takes for the same text: no formula, no number, no second line; pure.

A spreadsheet runs a cell of a CSV that begins with a sign, also a full-width one, and turns
00123 into 123; pandas reads NA as missing. Such texts get an apostrophe. In XLSX the type of
the cell says that it is text, so nothing is put before it.
"""

from __future__ import annotations

import re
import unicodedata

APOSTROPHE = "'"
#: what a spreadsheet would take for the start of a formula, after compatibility normalisation
SIGNS = frozenset("=+-@\u2212")
#: longest whole number that a spreadsheet keeps exactly [digits]
EXACT = 15
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_LIKE_A_NUMBER = re.compile(r"[0-9.]+([eE][+-]?[0-9]+)?|[0-9][0-9_,]*")
#: what pandas or a spreadsheet reads as a missing value, infinity or a truth value
_WORDS = frozenset(
    {
        *("#n/a", "#na", "#n/a n/a", "<na>", "n/a", "na", "null", "nan", "none"),
        *("1.#ind", "1.#qnan", "inf", "infinity", "true", "false"),
    }
)
#: leading characters that are not seen: spaces, marks of direction, zero-width ones
_UNSEEN = ("Zs", "Cf", "Cc", "Zl", "Zp")
#: control characters that XML 1.0, and so XLSX, has no way to write
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def one_line(text: str) -> str:
    """The text with every tab, line break and other control character as a space."""
    return "".join(
        " " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in text
    )


def for_csv(text: str) -> str:
    """
    The text in one line, with an apostrophe where a reader would take it for something else.

    Where lists are separated by semicolons a spreadsheet cuts there, even inside quotes.
    """
    first, *others = one_line(text).split(";")
    misread = _misread(first) if not others else _runs(first)
    whole = [APOSTROPHE + part if _runs(part) else part for part in others]
    return ";".join([APOSTROPHE + first if misread else first, *whole])


def from_csv(text: str) -> str:
    """The text of which :func:`for_csv` made *text*; any other text as it is."""
    inside = text.replace(f";{APOSTROPHE}", ";")
    tried = (inside.removeprefix(APOSTROPHE), inside)
    return next((bare for bare in tried if bare != text and for_csv(bare) == text), text)


def for_head(text: str) -> str:
    """The value of a comment line: each part that a spreadsheet may cut out is safe as well."""
    parts = re.split(r"([,;\t])", one_line(text))
    return "".join(APOSTROPHE + part if _runs(part) else part for part in parts)


def for_xlsx(text: str) -> str:
    """The text without the characters that a workbook cannot hold."""
    return _NOT_XML.sub(" ", text)


def _misread(line: str) -> bool:
    bare = line.strip()
    if _NUMBER.fullmatch(bare):
        return sum(sign.isdigit() for sign in bare) > EXACT
    if bare.lower() in _WORDS or _LIKE_A_NUMBER.fullmatch(bare):
        return True
    return _runs(line)


def _runs(text: str) -> bool:
    """Whether the first sign that is seen is one of a formula, and the text is no plain number."""
    seen = next((s for s in text if unicodedata.category(s) not in _UNSEEN), "")
    return unicodedata.normalize("NFKC", seen)[:1] in SIGNS and not _NUMBER.fullmatch(text.strip())
