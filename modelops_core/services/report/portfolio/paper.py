"""The report as a document of blocks, which typst sets on A4 pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from modelops_core.domain.peril import Peril
from modelops_core.services.report import formats
from modelops_core.services.report.blocks import Block, Document, Note, Picture, Table
from modelops_core.services.report.portfolio.content import (
    Column,
    Content,
    ReportFigure,
    ReportTable,
    Value,
)
from modelops_core.services.report.portfolio.report import label, shown
from modelops_core.services.report.portfolio.texts import Say

#: the table after which each figure stands
AFTER: Mapping[str, str] = {
    "F1": "T1",
    "F3": "T2",
    "F2": "T3",
    "F4": "T10",
    "F5": "T13",
    "F7": "T14",
}
NUMBERS = ("whole", "number", "money", "percent")
#: from here on an amount that the file gives is printed to the unit [units of money]
LARGE = 100.0


def document(content: Content, perils: Mapping[str, Peril]) -> Document:
    """The whole report: each table with the figures that belong to it."""
    return Document(
        title=content.title,
        subtitle="",
        stamp=content.stamp,
        kind=content.subtitle,
        language=content.language,
        made_of=content.made_of,
        blocks=tuple(_blocks(content, perils)),
        footer=content.footer,
        banner=content.banner,
        landscape=True,
    )


def _blocks(content: Content, perils: Mapping[str, Peril]) -> Iterator[Block]:
    say = Say(content.language)
    drawn = dict[str, list[ReportFigure]]()
    for figure in content.figures:
        drawn.setdefault(AFTER[figure.key], []).append(figure)
    for table in content.tables:
        if table.key == "T0":
            yield _cover(table, say)
        else:
            yield laid_out(table, content, say, perils)
        for figure in drawn.get(table.key, ()):
            yield _picture(figure, content, say)
    if content.lacking:
        yield Note(title=say("lacking"), lines=[text for _, text in content.lacking])


def _cover(table: ReportTable, say: Say) -> Block:
    names = [say("column.name"), say("column.value")]
    rows = [[str(value) for value in row] for row in table.rows]
    return Table(
        title=f"{table.key} {say('title.T0')}", head=names, rows=rows, align=("left", "left"),
        shares=(1.0, 3.4), note=" ".join(table.notes),
    )  # fmt: skip


def laid_out(table: ReportTable, content: Content, say: Say, perils: Mapping[str, Peril]) -> Table:
    """The rows and columns that paper shows, in words."""
    columns = [(i, one) for i, one in enumerate(table.columns) if one.paper]
    at = range(len(table.rows)) if table.paper_rows is None else table.paper_rows
    rows = [
        [words(table.rows[r][i], one, content, say, perils) for i, one in columns] for r in at
    ] or [[table.empty or say("no_rows"), *[""] * (len(columns) - 1)]]
    strong = [k for k, r in enumerate(at) if r in set(table.strong)]
    return Table(
        title=heading(table, say),
        head=[label(one, say, perils) for _, one in columns],
        rows=rows,
        align=["right" if one.kind in NUMBERS else "left" for _, one in columns],
        shares=[_share(one, [row[k] for row in rows]) for k, (_, one) in enumerate(columns)],
        strong=strong,
        note=" ".join([content.stamp_of(table.key) + ".", *notes(table, len(at), say)]),
        breakable=True,
    )


def heading(table: ReportTable, say: Say) -> str:
    """Key and title of a table."""
    return f"{table.key} {say(f'title.{table.key}')}"


def notes(table: ReportTable, rows: int, say: Say) -> list[str]:
    """What is said below a table on paper."""
    found = [*([say("draft")] if table.draft else []), *table.notes]
    if rows < len(table.rows):
        found.append(say("more_rows", all=f"{len(table.rows):,}", shown=rows))
    elif not all(column.paper for column in table.columns):
        found.append(say("more_columns"))
    return found


def _share(column: Column, texts: Sequence[str]) -> float:
    longest = max((len(text.encode("euc-kr", "replace")) for text in texts), default=6)
    if column.kind in NUMBERS:
        return min(max(longest / 7.5, 1.0), 2.2)
    return min(max(longest / 8.5, 0.8), 3.6)


def words(
    value: Value, column: Column, content: Content, say: Say, perils: Mapping[str, Peril]
) -> str:
    """
    A value as paper shows it, a dash where unknown.

    What is modelled has three significant figures; amounts of the file stand to the unit, so that
    rows add up.
    """
    if value is None:
        return formats.DASH
    if isinstance(value, str):
        return str(shown(value, column, say, perils))
    if column.kind == "whole":
        return f"{value:,.0f}"
    if column.kind == "percent":
        return formats.percent(float(value))
    number = value / content.unit.size if column.kind == "money" else float(value)
    exact = column.kind == "money" and not modelled(column.code) and abs(number) >= LARGE
    return f"{number:,.0f}" if exact else formats.number(number)


def modelled(code: str) -> bool:
    """Whether a column of money holds losses, which are estimates, and not the file's amounts."""
    return "loss" in code or code.startswith("el_") or code in ("gross", "net", "delta")


def _picture(figure: ReportFigure, content: Content, say: Say) -> Block:
    title = f"{figure.key} {say(f'title.{figure.key}')}"
    caption = content.stamp_of(figure.key)
    return Picture(svg=figure.svg, alt=figure.alt, caption=caption, title=title)
