"""Why a number is what it is: which years, scenario, member, sources and notes are shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from modelops_core.errors import NoResults, UnknownPeril
from modelops_core.perils import PERILS
from modelops_core.services.audit import explain
from tests.answers import data_source
from tests.parameters import PARAMETERS
from tests.unit.services import one_cell
from tests.unit.services.one_cell import Readers, hazard, probability

HEAT = PERILS["extreme_heat"]
#: three members of a storm catalogue of four years, (scenario, year, member, cell)
MEMBERS = np.arange(12.0).reshape(1, 4, 3, 1)


def told(readers, peril=HEAT, scenario="ssp2", horizon="2050s", outdated=False, replaced=()):
    """The explanation of one number of *peril*."""
    ports = explain.Ports(
        places=readers,
        cells=readers,
        climate=readers,
        gauges=readers,
        sources=readers,
        perils={peril.key: peril},
        parameters=PARAMETERS,
        outdated=lambda: outdated,
        replaced=lambda: frozenset(replaced),
    )
    return explain.explain(ports, 37.5, 127.0, peril.key, scenario, horizon).to_row()


def readers(peril="extreme_heat", h=None, p=None, **more):
    rows = ([hazard(peril, **(h or {}))], [probability(peril, **(p or {}))])
    return Readers(rows=rows, **more)


def test_the_years_shown_are_all_that_were_counted():
    """2041 to 2060, both ends among them."""
    years = [one["year"] for one in told(readers())["intensity"]["by_year"]]
    assert years == list(range(2041, 2061))


@pytest.mark.parametrize(("scenario", "days"), [("ssp1", 20.0), ("ssp2", 21.0), ("ssp5", 23.0)])
def test_the_values_are_the_scenarios_own(scenario, days):
    """Each scenario has one more day than the one before."""
    found = told(
        Readers(rows=([hazard("extreme_heat", scenario)], [probability("extreme_heat", scenario)])),
        scenario=scenario,
    )
    assert {one["value"] for one in found["intensity"]["by_year"]} == {days}
    assert (found["ssp_scenario"], found["horizon"]) == (scenario, "2050s")


def test_of_storms_the_catalogue_that_is_not_shifted_is_shown():
    """The middle one of three members: 1, 4, 7 and 10 in the catalogue's own years."""
    typhoon = PERILS["typhoon"]
    shifted = replace(typhoon, indices=lambda *_: {typhoon.frequency.index: MEMBERS})
    details = {"n": 4, "years": [1991, 1994]}
    found = told(readers("typhoon", p={"calculation_details": details}), shifted)
    assert [tuple(one.values()) for one in found["intensity"]["by_year"]] == [
        (1991, 1.0),
        (1992, 4.0),
        (1993, 7.0),
        (1994, 10.0),
    ]


def test_a_peril_of_basins_and_one_without_details_have_no_years():
    """Their index is not of the cell alone, or nothing says which years were counted."""
    assert told(readers("water_stress"), PERILS["water_stress"])["intensity"]["by_year"] == []
    assert told(readers(p={"calculation_details": None}))["intensity"]["by_year"] == []


def test_notes_are_the_words_of_the_nightly_run():
    """Texts only, and not the estimator's name."""
    details = {"years": [2041, 2060], "n": 20, "estimator": "counted", "basin": "한강"}
    assert told(readers(p={"calculation_details": details}))["notes"] == {"basin": "한강"}
    assert told(readers(p={"calculation_details": None}))["notes"] == {}


def test_each_flag_is_said_once_in_both_languages():
    """In the order of H and P(H); a name that no flag has is left out."""
    found = told(
        readers(
            h={"flags": ["baseline_model_start", "unheard_of"]},
            p={"flags": ["short_window", "baseline_model_start"]},
        )
    )
    codes = [flag["code"] for flag in found["flags"]]
    assert codes.count("baseline_model_start") == 1
    assert "unheard_of" not in codes
    assert all(flag["en"] and flag["ko"] for flag in found["flags"])


def test_inputs_are_the_sources_of_what_the_peril_reads():
    """Heat reads warm spells, temperature and humidity, and no rain."""
    tables = ("wsdi_data", "ta_data", "rhm_data", "rn_data", "location_grid")
    found = told(readers(sources=[data_source(name) for name in tables]))
    assert [source["table_name"] for source in found["inputs"]] == list(tables[:3])


def test_the_number_explained_is_the_one_asked_for():
    """Peril, scenario and horizon; of none there is no explanation."""
    rows = (
        [
            hazard("extreme_heat", hazard_score=0.1),
            hazard("extreme_heat", "ssp5", hazard_score=0.9),
        ],
        [probability("extreme_heat", aal=0.1), probability("extreme_heat", "ssp5", aal=0.9)],
    )
    found = told(Readers(rows=rows), scenario="ssp5")
    assert (found["hazard"]["hazard_score"], found["probability"]["aal"]) == (0.9, 0.9)
    with pytest.raises(NoResults):
        told(Readers(rows=rows), scenario="ssp1")
    with pytest.raises(NoResults):
        told(Readers(rows=rows), horizon="2090s")
    ports = explain.Ports(*[Readers()] * 5, {}, PARAMETERS, lambda: False, frozenset)
    with pytest.raises(UnknownPeril):
        explain.explain(ports, 37.5, 127.0, "locusts", "ssp2", "2050s")


def test_where_it_is_and_whether_it_is_outdated():
    """The site's coordinates are not the cell's."""
    found = told(readers(), outdated=True)
    assert (found["latitude"], found["longitude"]) == one_cell.SEOUL
    assert found["cell"] == {"grid_id": 7, "latitude": 37.55, "longitude": 127.05}
    assert found["outdated"] is True
    assert told(readers())["outdated"] is False


def test_parameters_are_said_with_all_their_values():
    """Low, central and high in their places, with source and grade."""
    [row] = [one for one in told(readers())["parameters"] if one["key"].endswith("damage_per_day")]
    assert (row["low"], row["value"], row["high"]) == (2e-5, 6e-5, 1.5e-4)
    assert row["source"]
    assert row["grade"]


def test_replaced_tables_of_the_inputs_are_named_once():
    """Two data sets of one table, of which the peril reads; others do not matter."""
    found = told(readers(), replaced={"ta_data", "place_names", "wsdi_data"})
    read = {one["table_name"] for one in found["inputs"]}
    assert set(found["replaced"]) == {"ta_data", "wsdi_data"} & read
    assert told(readers())["replaced"] == []
