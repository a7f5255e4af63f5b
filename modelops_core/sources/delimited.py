"""
Reads tables of text, whatever program wrote them: a stream of frames with the rows' numbers.

Encoding (UTF-8 with or without BOM, CP949, UTF-16), separator (``, ; | tab``), comment lines in
front, empty rows, an Excel file behind a name in ``.csv`` and archives are recognised by content.
All cells are text, stripped, '' where empty.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, cast

import numpy as np
import pandas as pd

from modelops_core.domain.climate import IntArray
from modelops_core.domain.source import Field
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import headers, unpacking, whole_tables
from modelops_core.sources.unpacking import BLOCK, Member

ROWS = 100_000  # of a frame
SEPARATORS = ",\t;|"
#: tried in this order; each refuses bytes of the others, so that the first that fits is right
ENCODINGS = ("utf-8", "cp949")
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: what pandas says of a quotation mark that stays open
_UNCLOSED = re.compile(r"EOF inside string starting at row (\d+)")
#: first bytes of pages that sites hand out instead of the file
HTML = (b"<!doctype html", b"<html", b"<table")


class Frame(NamedTuple):
    """Rows of a table, each with its number in the file: 1 is the first line or spreadsheet row."""

    cells: pd.DataFrame
    rows: IntArray
    share: float


@dataclass(frozen=True, slots=True)
class TextTable:
    """A recognised table: its headers as written, and what is needed to read it again."""

    name: str
    encoding: str
    separator: str
    headers: tuple[str, ...]
    member: Member
    #: lines before the header
    skipped: int
    size: int
    header_lines: int = 1

    def columns(self, declared: Sequence[Field]) -> dict[str, str]:
        """Field → header, for the fields that the file has; raises for a needed one it lacks."""
        return headers.find(self.headers, declared, self.name)

    def frames(self, columns: Mapping[str, str], size: int = ROWS) -> Iterator[Frame]:
        """The rows in frames of *size*, with only *columns*, field → header."""
        listed = self.encoding in whole_tables.READERS
        yield from (_listed_frames if listed else _text_frames)(self, columns, size)


def recognise(path: Path, encoding: str | None = None) -> TextTable:
    """Find encoding, separator and headers of *path*; raises SourceUnreadable."""
    return recognise_member(unpacking.single(path), encoding)


def recognise_member(member: Member, encoding: str | None = None) -> TextTable:
    """The same of a file in an archive."""
    with unpacking.complete(member.name):
        head = member.head()
        if kind := whole_tables.kind(head):
            return _listed(member, kind)
        _refuse_others(head, member.name)
        found, size = _encoding(member, head, encoding)
        with _text(member, found) as text:
            skipped, line = _first_line(text, member.name)
    try:
        separator = max(SEPARATORS, key=lambda mark: len(_cells(line, mark)))
        names = _cells(line, separator)
    except csv.Error:
        raise SourceUnreadable("table_broken", file=member.name) from None
    return TextTable(
        member.name, found, separator, names, member, skipped, size, line.count("\n") + 1
    )


def _cells(line: str, separator: str) -> tuple[str, ...]:
    """The cells of a header; raises csv.Error for one that is longer than any."""
    return tuple(c.strip() for c in next(csv.reader(line.splitlines(True), delimiter=separator)))


def decoded_lines(member: Member, encoding: str | None = None) -> tuple[str, list[str]]:
    """Encoding and lines of a small file of fixed width."""
    with unpacking.complete(member.name):
        found, _size = _encoding(member, member.head(), encoding)
        with _text(member, found) as text:
            return found, text.read().splitlines()


def _refuse_others(head: bytes, name: str) -> None:
    """Raise SourceUnreadable for files that only look like a table by their name."""
    if head.startswith(unpacking.OLD_EXCEL):
        raise SourceUnreadable("old_excel", file=name)
    if head.lstrip().lower().startswith(HTML):
        raise SourceUnreadable("web_page", file=name)
    if not head.strip():
        raise SourceUnreadable("table_empty", file=name)


def _encoding(member: Member, head: bytes, given: str | None) -> tuple[str, int]:
    """The encoding in which all bytes can be read, and their number."""
    marked = next((name for bom, name in BOMS.items() if head.startswith(bom)), None)
    half = _utf16_without_mark(head)
    tried = [given] if given else [marked] if marked else [half] if half else list(ENCODINGS)
    errors = []
    for name in tried:
        size = 0
        try:
            decoder = codecs.getincrementaldecoder(name)()
            with member.open() as stream:
                while block := stream.read(BLOCK):
                    decoder.decode(block)
                    size += len(block)
                decoder.decode(b"", final=True)
            return name, size
        except UnicodeDecodeError as error:
            at = max(size + error.start, 0)
            errors.append(f"{name}: byte {at} ({error.object[error.start]:#04x})")
        except LookupError:
            raise SourceUnreadable("encoding_unknown", file=member.name, value=name) from None
    raise SourceUnreadable("encoding_differs", file=member.name, tried=errors)


def _utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 where every other byte is zero, as of a table of Latin letters and digits."""
    zeros = [head[i::2].count(0) / max(len(head[i::2]), 1) for i in (0, 1)]
    if max(zeros) < 0.3:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


@contextmanager
def _text(member: Member, encoding: str) -> Iterator[io.TextIOWrapper]:
    with member.open() as stream:
        buffered = io.BufferedReader(cast("io.RawIOBase", stream), BLOCK)
        yield io.TextIOWrapper(buffered, encoding=encoding, newline="")


def _first_line(text: IO[str], name: str) -> tuple[int, str]:
    """Comment and empty lines in front of the header, and the header: more lines where quoted."""
    for number, line in enumerate(text):
        if line.strip() and not line.startswith("#"):
            header = line
            while header.count('"') % 2:
                if not (more := next(text, "")) or len(header) > BLOCK:
                    raise SourceUnreadable("quote_unclosed", file=name, row=number + 1)
                header += more
            return number, header.rstrip("\r\n")
    raise SourceUnreadable("table_empty", file=name)


def _text_frames(table: TextTable, columns: Mapping[str, str], size: int) -> Iterator[Frame]:
    names = {header: field for field, header in columns.items()}
    at = {str(table.headers.index(header)): field for header, field in names.items()}
    width = len(table.headers)
    with unpacking.complete(table.name), _text(table.member, table.encoding) as text:
        for _ in range(table.skipped + table.header_lines):
            text.readline()
        try:
            reader = pd.read_csv(
                cast("IO[str]", _Numbered(text, table.separator, width)),
                sep=table.separator,
                usecols=[*at, str(width)],
                dtype=str,
                keep_default_na=False,
                na_filter=False,
                index_col=False,
                skip_blank_lines=False,
                chunksize=size,
                on_bad_lines="error",
            )
            for part in reader:
                _refuse_longer(part, str(width), table)
                cells = part.drop(columns=str(width)).rename(columns=at)
                yield _frame(cells, table, text)
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise _broken(str(error), table) from None


def _broken(said: str, table: TextTable) -> SourceUnreadable:
    """What pandas says of a row, in our words; its first row is the header."""
    if found := _UNCLOSED.search(said):
        row = table.skipped + 1 + int(found[1])
        return SourceUnreadable("quote_unclosed", file=table.name, row=row)
    return SourceUnreadable("table_broken", file=table.name)


class _Numbered:
    """A text behind a header of numbers, one more than it has columns: pandas hides longer rows."""

    def __init__(self, text: IO[str], separator: str, width: int) -> None:
        self._header = separator.join(map(str, range(width + 1))) + "\n"
        self._text = text

    def read(self, size: int = -1) -> str:
        """The header, then the text."""
        header, self._header = self._header, ""
        return header or self._text.read(size)

    def __iter__(self) -> Iterator[str]:
        return iter(self._text)


def _refuse_longer(part: pd.DataFrame, beyond: str, table: TextTable) -> None:
    """Raise SourceUnreadable for a row with more cells than headers: an unquoted separator."""
    longer = part[beyond].fillna("").str.strip() != ""
    if longer.any():
        raise SourceUnreadable(
            "row_too_long",
            file=table.name,
            row=int(part.index[longer][0]) + table.skipped + 2,
            value=part[beyond][longer].iloc[0],
            count=len(table.headers),
        )


def _frame(part: pd.DataFrame, table: TextTable, text: io.TextIOWrapper) -> Frame:
    """*part* without empty rows; its share of the file by the bytes that were taken."""
    first = table.skipped + 2
    cells = part.fillna("").apply(lambda column: column.str.strip())
    kept = (cells != "").any(axis=1).to_numpy()
    taken = cast("IO[bytes]", text.buffer).tell() if table.size else 0
    rows = part.index.to_numpy(dtype=np.int64)[kept] + first
    return Frame(cells[kept], rows, min(taken / max(table.size, 1), 1.0))


def _listed(member: Member, kind: str) -> TextTable:
    """A table that is read as a whole: a workbook's first sheet, or records of JSON."""
    names = next(whole_tables.READERS[kind](member), ())
    if not any(names):
        raise SourceUnreadable("table_empty", file=member.name)
    return TextTable(member.name, kind, "", names, member, 0, 0)


def _listed_frames(table: TextTable, columns: Mapping[str, str], size: int) -> Iterator[Frame]:
    rows = list(whole_tables.READERS[table.encoding](table.member))[1:]
    width = len(table.headers)
    whole = pd.DataFrame([(*row, *[""] * width)[:width] for row in rows], columns=range(width))
    picked = whole[[table.headers.index(h) for h in columns.values()]]
    picked = picked.set_axis(list(columns), axis=1)
    for start in range(0, max(len(picked), 1), size):
        part = picked.iloc[start : start + size]
        kept = (part != "").any(axis=1).to_numpy()
        numbers = np.arange(start, start + len(part))[kept] + 2
        yield Frame(part[kept], numbers, min((start + size) / max(len(picked), 1), 1.0))
