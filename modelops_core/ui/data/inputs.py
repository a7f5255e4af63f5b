"""Draws the input tables with rows, period, age, source and kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import streamlit as st

from modelops_core.db.inputs.inventory import EMPTY, TableSize
from modelops_core.db.inputs.table_names import INPUT_TABLES
from modelops_core.domain.data_source import DataSource
from modelops_core.ports import Row
from modelops_core.services.audit import quality
from modelops_core.ui.data import data_cache
from modelops_core.ui.kit import (
    cache,
    choose,
    datasets,
    downloads,
    filters,
    formats,
    labels,
    notices,
    timestamps,
)
from modelops_core.ui.kit.cache import Version
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName, WidgetKey

COLUMNS = (
    "table_name",
    "name",
    "kind",
    "rows",
    "period",
    "loaded_at",
    "provider",
    "licence",
    "version",
    "method",
)
ALL = "all"
KIND = Field(UrlName.KIND, (ALL, *labels.KINDS, "none"))


def bind() -> None:
    """What this part keeps in the URL."""
    KIND.bind()
    _table_field(_tables(cache.app().sources.all())).bind()


def _table_field(names: Sequence[str]) -> Field[str]:
    """The table that is shown in full."""
    return Field(UrlName.TABLE, names)


def _tables(sources: Sequence[DataSource]) -> tuple[str, ...]:
    """The tables that are listed."""
    return tuple(dict.fromkeys((*INPUT_TABLES, *(source.table_name for source in sources))))


def draw(at: Version) -> None:
    """Summary, table, and one data set in full."""
    sources = cache.app().sources.all()
    named = {source.table_name for source in sources}  # they say how many rows they brought
    rows = listed(
        sources,
        data_cache.input_sizes(
            at.loaded, tuple(name for name in INPUT_TABLES if name not in named)
        ),
    )
    if not at.loaded:
        notices.empty("data.nothing", ":material/database_off:")
        st.code("python -m modelops_core up", language="bash")
    _summary(rows)
    kind = _kind_filter()
    shown = [row for row in rows if kind in (ALL, row.kind or "none")]
    if not shown:
        st.info(t("data.no_match"))
        return
    _table(shown)
    downloads.table(
        "modelops_data",
        labels.file_head("input tables"),
        COLUMNS,
        [_file_row(row) for row in shown],
    )
    _detail(rows)


@dataclass(frozen=True, slots=True)
class InputTable:
    """A data set with its *rows*, or a table without one: ``source`` is None then."""

    table_name: str
    rows: int
    exact: bool
    source: DataSource | None = None

    @property
    def kind(self) -> str | None:
        """The data set's kind; None where none is registered."""
        return None if self.source is None else self.source.kind

    @property
    def loaded_at(self) -> datetime | None:
        """When it was loaded; None where no data set is registered."""
        return None if self.source is None else self.source.loaded_at


def listed(sources: Sequence[DataSource], sizes: Mapping[str, TableSize]) -> list[InputTable]:
    """A row a data set, and a row a table without one."""
    known: dict[str, list[DataSource]] = {}
    for source in sources:
        known.setdefault(source.table_name, []).append(source)
    found: list[InputTable] = []
    for name in _tables(sources):
        size = sizes.get(name, EMPTY)
        found += [
            InputTable(name, source.row_count, True, source) for source in known.get(name, [])
        ] or [InputTable(name, size.rows, size.exact)]
    return found


def _file_row(row: InputTable) -> Row:
    own = {} if row.source is None else row.source.to_row()
    return {
        **{name: own.get(name) for name in COLUMNS},
        "table_name": row.table_name,
        "rows": row.rows,
        "loaded_at": timestamps.iso(row.loaded_at),
    }


def _summary(rows: Sequence[InputTable]) -> None:
    loaded = [row for row in rows if row.kind]
    latest = max((row.source.loaded_at for row in rows if row.source), default=None)
    boxes = labels.metric_places(5)
    boxes[0].metric(t("data.sets"), f"{len(loaded)}", border=True)
    boxes[1].metric(
        t("columns.rows"), labels.short_count(sum(row.rows for row in loaded)), border=True
    )
    boxes[2].metric(
        t("data.last_loaded"),
        timestamps.ago(latest),
        help=timestamps.local_time(latest),
        border=True,
    )
    empty = sorted({row.table_name for row in rows if not row.rows})
    boxes[3].metric(
        t("data.empty_tables"), f"{len(empty)}", help=", ".join(empty) or None, border=True
    )
    synthetic = [row for row in loaded if row.kind == "synthetic"]
    boxes[4].metric(
        t("data.kind_synthetic"),
        f"{len(synthetic)}",
        help=t("data.kind_synthetic_help"),
        border=True,
    )
    if synthetic:
        names = ", ".join(labels.table_label(row.table_name) for row in synthetic)
        st.warning(t("data.synthetic_warning", names=names), icon=":material/science:")


def _kind_filter() -> str:
    chosen = choose.segments(
        KIND,
        t("columns.kind"),
        lambda code: t("data.all") if code == ALL else labels.kind(code),
        hide_label=True,
    )
    st.caption(
        " · ".join(
            f"**{labels.kind(code)}** {t(f'data.kind_{code}_help')}" for code in labels.KINDS
        )
    )
    return chosen


def _table(rows: Sequence[InputTable]) -> None:
    """A row a data set, every word of it in sight however narrow the page is."""
    sources = [None if row.source is None else datasets.translated(row.source) for row in rows]
    frame = pd.DataFrame(
        {
            t("columns.table_name"): [row.table_name for row in rows],
            t("data.what"): [labels.table_label(row.table_name) for row in rows],
            t("columns.kind"): [_kind_badge(row) for row in rows],
            t("columns.rows"): [_count(row) for row in rows],
            t("columns.period"): [_known(source, "period") for source in sources],
            t("columns.loaded_at"): [_one_line(timestamps.ago(row.loaded_at)) for row in rows],
            t("columns.provider"): [_known(source, "provider") for source in sources],
            t("columns.licence"): [_known(source, "licence") for source in sources],
            t("columns.version"): [_known(source, "version") for source in sources],
        }
    )
    with st.container(key=WidgetKey.WRAPPED.of("inputs")):
        st.table(frame, border="horizontal", hide_index=True, alt=t("data.inputs_alt"))


def _known(source: DataSource | None, field: str) -> str:
    """What a data set says of itself, letter by letter; a dash where it does not."""
    said = source and getattr(source, field)
    return formats.plain(formats.unbroken(formats.whole_days(said))) if said else formats.DASH


def _one_line(text: str) -> str:
    """*text* that breaks nowhere."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _kind_badge(row: InputTable) -> str:
    word = labels.kind(row.kind) if row.kind or row.rows else t("data.empty")
    colour = labels.KIND_COLOURS[row.kind or "none"] if row.kind or row.rows else "gray"
    return f":{colour}-badge[{word}]"


def _count(row: InputTable) -> str:
    if not row.rows:
        return t("data.empty")
    return f"{row.rows:,}" if row.exact else t("data.about", rows=f"{row.rows:,}")


def _detail(rows: Sequence[InputTable]) -> None:
    names = tuple(dict.fromkeys(row.table_name for row in rows))
    st.divider()
    name = choose.from_list(
        _table_field(names), t("data.detail"), lambda key: f"{key} — {labels.table_label(key)}"
    )
    for row in (row for row in rows if row.table_name == name):
        _one(row)
    perils = quality.perils_reading(name, cache.app().perils)
    if perils:
        st.caption(t("data.read_by", perils=", ".join(filters.peril_name(key) for key in perils)))


def _one(row: InputTable) -> None:
    """One data set: what it is, and how it was made."""
    with st.container(border=True):
        if row.source is None:
            st.markdown(t("data.no_source" if row.rows else "data.no_rows"))
            return
        source = datasets.translated(row.source)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{source.name}**")
            st.badge(labels.kind(source.kind), color=labels.KIND_COLOURS[source.kind])  # type: ignore[arg-type]
        st.caption(t(f"data.kind_{source.kind}_help"))
        left, right = st.columns([1, 1.4], gap="medium")
        left.table(
            {
                t("columns.provider"): _known(source, "provider"),
                t("columns.licence"): _known(source, "licence"),
                t("columns.version"): _known(source, "version"),
                t("columns.period"): _known(source, "period"),
                t("columns.rows"): _count(row),
                t("columns.loaded_at"): timestamps.local_time(source.loaded_at),
            },
            border="horizontal",
        )
        right.markdown(f"**{t('columns.method')}**  \n{source.method or t('data.no_method')}")
