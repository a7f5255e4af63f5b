"""The parameter file: complete, sourced, and hashed down to the last number."""

from __future__ import annotations

import ast
import re
from copy import deepcopy
from pathlib import Path

import pytest

from modelops_core import data
from modelops_core.domain.horizons import BASELINE, HORIZONS
from modelops_core.domain.parameters import ALL_SETS, GRADES, PROVENANCE, SET_NAMES, ParameterFile
from modelops_core.errors import InvalidParameter
from modelops_core.perils import PERILS
from modelops_core.perils import numbers as with_own
from modelops_core.services.method.method_page import NOT_YET
from tests.parameters import PARAMETERS as FILE

ROOT = Path(__file__).parents[3]
CODE = [*ROOT.glob("modelops_core/**/*.py"), *ROOT.glob("pages/*.py")]
#: literals that are no parameters: neutral numbers, and what a room may hold (see the test)
NEUTRAL = {0, 1, 2, -1, 100}
#: arithmetic only: tables and expansions that approximate what other modules define
KERNELS = {"survival.py"}
ALLOWED = {
    "perils/drought.py": {12: "months a year"},
    "perils/urban_flood.py": {1000: "mm in a metre"},
    "perils/water_stress.py": {
        6: "index of July",
        0.0864: "MJ a day of one watt",
        1e9: "m³ in a billion",
        1e6: "m² in a km²",
        1000: "mm in a metre",
    },
    "perils/wildfire.py": {13: "months 1 to 12"},
    "perils/typhoon.py": {0.5: "Gaussian exponent", 3: "Emanuel 2011, eq. 1"},
    "stages/asset.py": {1000: "the NTS rule floors to 1,000", 1e-9: "rounding"},
    "stages/counting.py": {1e-12: "rounding"},
    "stages/extremes.py": {8: "cache size"},
    "stages/resampling.py": {256: "cache size"},
    "stages/scaling.py": {3: "significant figures of the output"},
    "stages/site.py": {3: "three columns"},
}


def numbers(value, path=()):
    """Every number inside a value, as the path that leads to it."""
    if isinstance(value, dict):
        return [leaf for key, entry in value.items() for leaf in numbers(entry, (*path, key))]
    if isinstance(value, list):
        return [leaf for i, entry in enumerate(value) for leaf in numbers(entry, (*path, i))]
    return [path] if isinstance(value, int | float) and not isinstance(value, bool) else []


def changed(content, path):
    """*content* with the number at *path* a little larger; aliases of other entries stay."""
    if not path:
        return content * 1.01 + 0.0173
    copy = dict(content) if isinstance(content, dict) else list(content)
    copy[path[0]] = changed(copy[path[0]], path[1:])
    return copy


def leaves():
    """(set whose digest must change, path) of every number of the file."""
    return [(word, path) for path in numbers(data.parameters()) if (word := _set(path)) is not None]


def _set(path):
    """The set that a number of the file belongs to; named sensitivities stand below ``sets``."""
    words = {"value": "central", "low": "low", "high": "high", "sets": None}
    step = next((i for i, step in enumerate(path) if step in words), None)
    return None if step is None else words[path[step]] or path[step + 1]


def test_changing_any_single_number_changes_the_digest():
    """Results of other numbers are never mistaken for these."""
    content, found = data.parameters(), leaves()
    own = {name: FILE.digest(name) for name in ALL_SETS}

    assert len(found) > 500
    for name, path in found:
        assert with_own(ParameterFile.parse(changed(content, path))).digest(name) != own[name], path


def test_the_version_and_the_set_are_part_of_the_digest():
    """Seven sets, seven digests; another version, another digest."""
    assert len({FILE.digest(name) for name in ALL_SETS}) == len(ALL_SETS)
    other = ParameterFile.parse({**data.parameters(), "version": "0"})
    assert with_own(other).digest() != FILE.digest()


def test_wording_is_not_part_of_the_digest():
    """A better source line recalculates nothing."""
    content = deepcopy(data.parameters())
    content["frame"]["minimum_years"]["source"] = "said better"

    assert with_own(ParameterFile.parse(content)).digest() == FILE.digest()


@pytest.mark.parametrize("parameter", [p for _, p in FILE.entries], ids=lambda p: p.key)
def test_each_number_has_unit_source_provenance_and_grade(parameter):
    """Nobody has to ask where a number is from."""
    assert parameter.unit.strip()
    assert len(parameter.source) > 4
    assert parameter.provenance in PROVENANCE
    assert parameter.grade in GRADES


@pytest.mark.parametrize("missing", ["source", "unit", "provenance", "grade"])
def test_a_number_without_its_papers_is_refused(missing):
    """The reader is strict, not the reviewer."""
    content = deepcopy(data.parameters())
    del content["frame"]["minimum_years"][missing]

    with pytest.raises(InvalidParameter):
        ParameterFile.parse(content)


def test_each_number_is_read_by_the_code_or_says_that_it_is_not_yet():
    """A number on the method page that changes nothing would be a lie."""
    read = {
        node.value
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    prose = "".join(text for text in read if "{" in text)  # the method page fills names in braces
    for _, parameter in FILE.entries:
        key = parameter.key.partition(".")[2]
        used = key in read or f"{{{key}}}" in prose
        assert used != parameter.note.startswith(NOT_YET), parameter.key


def settings(tree, lines):
    """Nodes of module constants that a ``#:`` comment explains: tolerances and tables of the arithmetic."""
    return {
        inner
        for node in tree.body
        if isinstance(node, ast.Assign) and lines[node.lineno - 2].startswith("#:")
        for inner in ast.walk(node)
    }


@pytest.mark.parametrize(
    "path",
    [
        p
        for room in ("perils", "stages")
        for p in sorted(ROOT.glob(f"modelops_core/{room}/*.py"))
        if p.name not in KERNELS
    ],
    ids=lambda p: p.name,
)
def test_perils_and_stages_hold_no_numbers_of_their_own(path):
    """A literal is neutral, a unit, a setting of the arithmetic (in stages) or the paper's; else it belongs in the file."""
    page = path.read_text("utf-8")
    tree = ast.parse(page)
    keywords = [k for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords]
    orders = {k.value for k in keywords if k.arg == "order"}
    # a peril's own section is a file of parameters, with unit and source
    own = {n for k in keywords if k.arg == "parameters" for n in ast.walk(k.value)}
    explained = settings(tree, page.splitlines()) if path.parent.name == "stages" else set()
    allowed = NEUTRAL | set(ALLOWED.get(f"{path.parent.name}/{path.name}", ()))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and type(node.value) in (int, float)
            and node not in orders | explained | own
        ):
            assert node.value in allowed, f"{path.name}:{node.lineno}: {node.value}"


def test_windows_are_those_of_the_horizons():
    """The axis that users name and the years that are calculated agree."""
    p = FILE.params("drought")
    years = {key: tuple(span) for key, span in p["horizons"].items()} | {
        BASELINE: tuple(p["baseline"])
    }

    assert years == {key: (h.first, h.last) for key, h in HORIZONS.items()}


#: method §12: low, central, high
RANGES = {
    "extreme_heat.damage_per_day": (2e-5, 6e-5, 1.5e-4),
    "extreme_cold.damage_per_day": (0.7e-5, 2e-5, 5e-5),
    "wildfire.burned_factor": (pytest.approx(1 / 3), 1, 3),
    "wildfire.damage_in_fire": (0.05, 0.16, 0.70),
    "drought.water_value": (0.01, 0.05, 0.15),
    "water_stress.bill_ratio": (3e-4, 6e-4, 1.5e-3),
    "sea_level_rise.protection_period": (100, 50, 10),
    "sea_level_rise.surge_factor": (0.8, 1, 1.3),
    "sea_level_rise.rise_factor": (0.7, 1, 1.4),
    "flood.maximum_damage": (0.35, 0.6, 0.7),
    "flood.rain_shape": (0, -0.114, -0.20),
    "urban_flood.ponding": (2, 4, 10),
    "urban_flood.hourly_ratio": (0.27, 0.33, 0.39),
    "urban_flood.drain_period": (50, 30, 10),
    "typhoon.half_damage": (190.5, 114.7, 74.7),
    "typhoon.intensity_per_2k": (0.0194, 0.05328, 0.0931),
    "typhoon.frequency_per_2k": (-0.30, 0, 0.17),
    "frame.vulnerability_shift": (-0.15, 0, 0.15),
}


@pytest.mark.parametrize(("key", "expected"), RANGES.items(), ids=RANGES)
def test_low_and_high_sets_are_those_of_the_method(key, expected):
    """Section 12, row by row."""
    section, _, name = key.partition(".")
    parameter = FILE.sections[section][name]

    assert tuple(parameter.under(s) for s in SET_NAMES) == expected


def test_river_protection_under_the_sets():
    """200 years everywhere; central by class; 50, local rivers 30."""
    parameter = FILE.sections["river_flood"]["protection_period"]

    assert set(parameter.low.values()) == {200}
    assert parameter.value == {"local": 50, "national": 100, "national_key": 200}
    assert parameter.high == {"local": 30, "national": 50, "national_key": 50}


@pytest.mark.parametrize("key", PERILS)
def test_each_peril_differs_between_the_sets(key):
    """Low, central and high are three calculations for every peril."""
    common = {"vulnerability_shift"}
    sets = [dict(FILE.params(key, name)) for name in SET_NAMES]
    for other in (sets[0], sets[2]):
        assert {k for k in other if other[k] != sets[1][k]} - common


def rows(text, *names):
    """A table of METHOD copied as text: each line's name → its numbers by column, a list without *names*."""
    lines = [line.split() for line in text.strip().splitlines()]
    return {
        name: dict(zip(names, map(float, v), strict=True)) if names else list(map(float, v))
        for name, *v in lines
    }


STRUCTURES = rows(
    """
    src      .3  .1  .3  .1
    rc       .3  .1  .3  .2
    masonry  .7  .3  .6  .5
    steel    .5  .4  .5  .4
    light    .9  .7  .7  .6
    timber   .7 1.0  .9 1.0
    """,
    "temperature",
    "wildfire",
    "flood",
    "wind",
)
USES = rows(
    """
    office       .8  .5  .2  .4
    retail       .7  .4  .3  .8
    lodging      .6  .6  .7  .5
    hospital     .8  .8  .9  .8
    education    .5  .5  .4  .4
    factory      .7  .5  .8  .7
    warehouse    .3  .6  .1  .7
    datacentre  1.0  .3  .8  .9
    residential  .5  .6  .5  .5
    other        .5  .5  .5  .5
    """,
    "heat",
    "cold",
    "water",
    "flood",
)
NTS = rows(
    """
    src 110 50
    rc 100 50
    timber 100 40
    engineered_timber 120 50
    brick_steel 95 40
    cement_brick 90 40
    cement_block 90 30
    earth_block 90 30
    panel 80 30
    light_steel 79 30
    earth_wall 60 30
    container 59 20
    """,
    "index",
    "life",
)
#: Z₀ [cm] of §7, and its coast's m and β [m]; Busan with the south, as worked example G7
GAUGES = rows(
    """
    Incheon   466.5 .45 .12
    Anheung   353.4 .45 .12
    Boryeong  378.1 .45 .12
    Gunsan    358.9 .45 .12
    Mokpo     247.1 .45 .12
    Jeju      132.5 .45 .12
    Seogwipo  146.6 .45 .12
    Yeosu     164.5 .45 .15
    Gwangyang 177.3 .45 .15
    Tongyeong 131.1 .45 .15
    Busan      62.4 .45 .15
    Ulsan      28.8 .25 .08
    Pohang     12.0 .25 .08
    Mukho      17.3 .25 .08
    Sokcho     18.6 .25 .08
    """
)
BASINS = rows(
    """
    Han      5.23 25954 .544
    Nakdong  5.10 23384 .30
    Geum     2.61  9912 .30
    Yeongsan 1.50  3468 .30
    Seomjin   .90  4912 .10
    """,
    "withdrawal_bn_m3",
    "area_km2",
    "domestic_share",
)
#: near, mid, long term of AR6; the 2070s lie between the latter two
WARMING = rows("ssp1 1.5 1.7 1.8\nssp2 1.5 2.0 2.7\nssp3 1.5 2.1 3.6\nssp5 1.6 2.4 4.4")
DEPTH_DAMAGE = rows(
    """
    depth       0 .5 1 1.5 2 3 4 5 6
    residential 0 .326556502 .494050324 .616572124 .720711764 .869528213 .931487084 .983604148 1
    commercial  0 .376789623 .537681619 .659336684 .762845232 .883348656 .941854895 .98075938 1
    industrial  0 .283181524 .481615653 .629218894 .717240588 .85667503 .908577004 .955327463 1
    """
)
ANCHORS = rows(
    """
    extreme_heat.anchors_wsdi 0 6 20 45 90 180
    extreme_heat.anchors_wbgt 22 24 26 28 30 32
    extreme_cold.anchors_csdi 0 3 7 15 30 60
    extreme_cold.anchors_cold -5 0 3 6 9 12
    wildfire.anchors 0 5.2 11.2 21.3 38 50
    drought.anchors 0 .5 1 1.5 2 3
    water_stress.anchors .05 .1 .2 .4 .8 1.6
    sea_level_rise.anchors -2 -1 -.5 0 .5 1.5
    river_flood.anchors 0 80 150 250 350 500
    urban_flood.anchors 0 20 30 50 70 95
    typhoon.anchors 0 17 25 33 44 54
    """
)
BINS = rows(
    """
    extreme_heat.bins 10 40 110
    extreme_cold.bins 3 7 15
    wildfire.bins 11.2 21.3 38 50
    drought.bins 1 1.5 2 2.5
    water_stress.bins .1 .2 .4 .8
    sea_level_rise.bins 0 .3 1 2
    river_flood.bins 0 .3 1 2
    urban_flood.bins 0 .3 1 2
    typhoon.bins 17 25.7 33 44
    """
)
WEIGHTS = {
    "extreme_heat": {"age": 0.40, "structure": 0.20, "use": 0.20, "height": 0.20},
    "extreme_cold": {"age": 0.50, "structure": 0.25, "use": 0.25},
    "wildfire": {"structure": 0.70, "age": 0.30},
    "drought": {"use": 0.80, "age": 0.20},
    "water_stress": {"use": 0.80, "age": 0.20},
    "sea_level_rise": {"basement": 0.35, "structure": 0.25, "age": 0.25, "use": 0.15},
    "river_flood": {"basement": 0.40, "structure": 0.25, "use": 0.20, "age": 0.15},
    "urban_flood": {"basement": 0.50, "use": 0.20, "structure": 0.15, "age": 0.15},
    "typhoon": {"structure": 0.45, "age": 0.30, "height": 0.25},
}


def turned(table):
    """row → column → value becomes column → row → value."""
    columns = next(iter(table.values()))
    return {column: {row: table[row][column] for row in table} for column in columns}


#: a table of the file, or one of its columns → what METHOD says
TABLES = {
    **ANCHORS,
    **BINS,
    **{f"{peril}.vulnerability_weights": weights for peril, weights in WEIGHTS.items()},
    "vulnerability.structure_factor": turned(STRUCTURES),
    "vulnerability.use_factor": turned(USES),
    "vulnerability.basement_factor": [0, 0.6, 1],
    "exposure.structure_index": turned(NTS)["index"],
    "exposure.service_life": turned(NTS)["life"],
    "exposure.use_index": {
        "apartment": 110,
        "housing": 100,
        "hotel": 130,
        "department_store": 135,
        "large_store": 125,
        "shop": 95,
        "general_hospital": 125,
        "hospital": 110,
        "office": 115,
        "officetel": 135,
        "education": 100,
        "knowledge_centre": 115,
        "cleanroom_plant": 100,
        "factory": 78,
        "warehouse": 75,
        "cold_store": 105,
        "other": 95,
    },
    "exposure.contents_ratio": {
        "office": 0.25,
        "retail": 0.5,
        "lodging": 0.3,
        "hospital": 0.5,
        "education": 0.2,
        "factory": 1,
        "warehouse": 1,
        "datacentre": 2,
        "residential": 0.3,
        "other": 0.25,
    },
    "exposure.nts_unit_price": {2025: 850_000, 2026: 860_000},
    "flood.depth_damage": DEPTH_DAMAGE,
    "wildfire.burned_fraction": {
        "fwi": [0, 8, 16, 30, 44, 60],
        "rate": [1e-5, 5e-5, 2e-4, 1e-3, 4e-3, 1e-2],
    },
    "wildfire.fire_season": [10, 11, 12, 1, 2, 3, 4, 5],
    "drought.output_lost": {"dryness": [2, 2.5, 3, 3.5], "share": [0, 0.1, 0.2, 1]},
    "water_stress.basins": BASINS,
    "river_flood.design_depth": {"local": 3, "national": 5, "national_key": 5},
    "river_flood.distance_length": {"local": 500, "national": 1000, "national_key": 1000},
    "typhoon.gmst": {
        "catalogue": {
            # the method has 2000 and 2004.5; AR6 WGI, Cross-Chapter Box 2.3 the others
            "middle": [1975.5, 1995.5, 2000, 2004.5, 2010.5, 2015.5],
            "gmst": [0.36, 0.69, 0.75, 0.85, 0.99, 1.09],
        },
        **{
            scenario: {
                "2030s": near,
                "2050s": mid,
                "2070s": pytest.approx((mid + long) / 2),
                "2090s": long,
            }
            for scenario, (near, mid, long) in WARMING.items()
        },
    },
    "typhoon.radius_fit": {
        "pressure": [872, 940, 980, 1021],
        "radius_nm": [14.907318, 15.726927, 25.742142, 56.856522],
    },
    "typhoon.offsets": [-100, -50, 0, 50, 100],
    "frame.level_edges": [0.2, 0.4, 0.6, 0.8],
    "frame.aal_grade_edges": [0.01, 0.05, 0.2, 1],
}


@pytest.mark.parametrize(("key", "expected"), TABLES.items(), ids=TABLES)
def test_tables_are_those_of_the_method_text(key, expected):
    """§1.7 to §1.9 and the perils' own, copied from METHOD and not from the file."""
    section, _, name = key.partition(".")

    assert FILE.sections[section][name].value == expected


def test_tide_gauges_are_those_of_the_method_text():
    """§7: Z₀ of fifteen gauges; m and β by coast."""
    gauges = FILE.sections["sea_level_rise"]["tide_gauges"].value
    found = {g["name"]: [round(100 * g["z0_m"], 6), g["m_m"], g["beta_m"]] for g in gauges}

    assert found == GAUGES
    assert len(gauges) == len(GAUGES) == 15


def test_units_and_notes_have_korean_words():
    """Every English word of a unit and every note; no entry is of a number that is gone."""
    korean = data.korean_of_parameters()
    every = [p for section in FILE.sections.values() for p in section.values()]
    units = {p.unit for p in every}
    english = {u for u in units if re.search(r"[a-z]{4,}|/yr|\bor\b|day", u)}

    assert english - korean["units"].keys() == set()
    assert korean["units"].keys() - units == set()
    assert {p.key for p in every if p.note} == korean["notes"].keys()
