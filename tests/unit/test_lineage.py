"""Which results the loading of a table touches, and what files say of a data set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from modelops_core.domain import data_source
from modelops_core.domain.answer import Answer
from modelops_core.perils import PERILS
from modelops_core.ui.kit.files import exports
from tests import answers

NOW = datetime(2026, 11, 29, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("table", "perils"),
    [
        ("api_typhoon_tracks", {"typhoon"}),
        ("rx1day_data", {"river_flood", "urban_flood"}),
        ("api_wamis_cache", {"water_stress"}),
        ("place_names", set()),
    ],
)
def test_perils_that_read_a_table(table, perils):
    """By the variables that they require, also over a basin."""
    assert perils <= set(data_source.touched(PERILS.values(), {table}))
    assert bool(perils) == bool(data_source.touched(PERILS.values(), {table}))


def test_tables_loaded_since():
    """Of an assessment those that its perils and its building come from; none before it ended."""
    sources = [
        answers.data_source("ta_data", loaded_at=BEFORE),
        answers.data_source("rx1day_data", loaded_at=AFTER),
        answers.data_source("api_buildings", loaded_at=AFTER),
        answers.data_source("postcodes", loaded_at=AFTER),
    ]
    perils = list(PERILS.values())
    assert data_source.replaced_since(sources, NOW, perils) == ["api_buildings", "rx1day_data"]
    assert data_source.replaced_since(sources, None, perils) == []


def test_a_file_names_the_file_behind_each_data_set():
    """Provider, licence, period, rows, file and hash; and that the inputs were replaced since."""
    source = answers.data_source(
        "ta_data",
        period="2021-2100",
        row_count=7,
        file_name="ta.nc",
        file_sha256="ab",
        loaded_at=AFTER,
    )
    said = data_source.described(source)
    for part in ("ta_data", source.provider, source.licence, "2021-2100", "7 rows", "file ta.nc"):
        assert part in said
    assert said.endswith("sha256 ab)")
    found = answers.answer(warnings=[{"code": "inputs_replaced", "perils": ["drought"]}])
    head = exports.head(Answer.from_row(found.to_row(), assessed_at=NOW), [source])
    assert ("inputs replaced since", "table ta_data, peril drought") in head
    assert ("source", said) in head
