"""Offers saved sites as files: CSV and XLSX of all scenarios and horizons, GeoJSON of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import pandas
import streamlit as st

from modelops_core.domain.answer import Answer
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.result import Status
from modelops_core.domain.saved_site import SavedSite
from modelops_core.domain.stamp import Stamp
from modelops_core.ports import Row
from modelops_core.services.portfolio import compare
from modelops_core.ui.kit import cache, downloads
from modelops_core.ui.kit.answers import portfolio_files
from modelops_core.ui.kit.files import exports
from modelops_core.ui.kit.files.column_units import unit_of
from modelops_core.ui.kit.files.table_files import Head
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.sites import site_list
from modelops_core.ui.sites.site_list import Line

COLUMNS = (
    "site_id",
    "site",
    "note",
    "latitude",
    "longitude",
    "district",
    "asset_value",
    "ssp_scenario",
    "horizon",
    "status",
    "physical_no_overlap",
    "operating",
    "grand",
    "rate",
    "aal_grade",
    "worst_peril",
    "not_assessed",
    *portfolio_files.ANSWER_COLUMNS,
)


def buttons(sites: Sequence[SavedSite], key: tuple[str, str]) -> None:
    """Three formats; each says versions, units and sources."""
    head = portfolio_files.head([site.answer for site in sites if site.answer is not None], *key)
    labels = {column: t(f"columns.{column}") for column in COLUMNS}
    file = Stamp(scenario=key[0], horizon=key[1]).file_name("modelops_sites")
    with st.container(horizontal=True):
        st.download_button(
            t("sites.download_geojson"),
            lambda: geojson(sites, key, exports.dated(head)),
            f"{file}.geojson",
            "application/geo+json",
            on_click="ignore",
            icon=":material/map:",
            key=WidgetKey.DOWNLOAD_GEOJSON.of("sites"),
        )
        downloads.table("modelops_sites", head, COLUMNS, lambda: rows(sites), labels, file=file)


def rows(sites: Iterable[SavedSite]) -> list[Row]:
    """One row a site, scenario and horizon; one row in all for a site without an assessment."""
    made = []
    for site in sites:
        keys = (
            [(code, h) for code in SCENARIOS for h in HORIZONS]
            if site.answer is not None
            else [(None, None)]
        )
        made += [_row(site, code, h) for code, h in keys]
    return made


def _row(site: SavedSite, scenario: str | None, horizon: str | None) -> Row:
    found = site.answer
    own = Line(site, None, None, None, None, None, None, ())
    if scenario is not None and horizon is not None:
        own = site_list.line(site, (scenario, horizon))
    return {
        "site_id": site.site_id,
        "site": site.name,
        "note": site.note or None,
        "latitude": site.latitude,
        "longitude": site.longitude,
        "district": None if found is None else found.district.name,
        "asset_value": None if found is None else found.asset_value,
        "ssp_scenario": scenario,
        "horizon": horizon,
        "status": _status(found, scenario, horizon),
        "physical_no_overlap": own.physical,
        "operating": own.operating,
        "grand": own.total,
        "rate": own.rate,
        "aal_grade": own.grade,
        "worst_peril": own.worst,
        "not_assessed": list(own.missing),
        **portfolio_files.answer_fields(found),
        **({} if found else {"corrections": exports.corrections_text(site.corrections) or None}),
    }


def _status(answer: Answer | None, scenario: str | None, horizon: str | None) -> str:
    """That of the total, as the comparison's files say it."""
    if answer is None or scenario is None or horizon is None:
        return Status.not_assessed.name
    key = (scenario, horizon)
    return compare.amount_of(answer, "grand", "loss", key, cache.app().perils).status


def geojson(sites: Sequence[SavedSite], key: tuple[str, str], head: Head) -> bytes:
    """
    A point a site with its numbers at *key* (scenario, horizon).

    ``metadata`` says what the file is, ``units`` in what its numbers are.
    """
    import geopandas  # slow to import, needed for a download only

    rows = [_row(site, *(key if site.answer is not None else (None, None))) for site in sites]
    frame = geopandas.GeoDataFrame(
        pandas.DataFrame(rows, columns=COLUMNS, dtype=object, index=[s.site_id for s in sites]),
        geometry=geopandas.points_from_xy(
            [site.longitude for site in sites], [site.latitude for site in sites]
        ),
        crs="EPSG:4326",
    )
    whole = {
        "metadata": [list(line) for line in head],
        "units": {column: unit_of(column) for column in COLUMNS if unit_of(column)},
        **frame.to_geo_dict(na="null"),
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False).encode()
