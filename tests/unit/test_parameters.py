"""The parameter file: complete, sourced, and hashed down to the last number."""

from __future__ import annotations

import ast
from copy import deepcopy
from pathlib import Path

import pytest

from modelops_core import data
from modelops_core.domain.horizons import BASELINE, HORIZONS
from modelops_core.domain.parameters import ALL_SETS, GRADES, PROVENANCE, SET_NAMES, ParameterFile
from modelops_core.errors import InvalidParameter
from modelops_core.perils import PERILS
from modelops_core.services.method_page import NOT_YET

FILE = ParameterFile.parse(data.parameters())
ROOT = Path(__file__).parents[2]
CODE = [*ROOT.glob("modelops_core/**/*.py"), *ROOT.glob("pages/*.py")]
#: literals that are no parameters: neutral numbers, and what a room may hold (see the test)
NEUTRAL = {0, 1, 2, -1, 100}
#: arithmetic only: tables and expansions that approximate what other modules define
KERNELS = {"survival.py"}
ALLOWED = {
    "perils/drought.py": {12: "months a year"},
    "perils/urban_flood.py": {1000: "mm in a metre"},
    "perils/water_stress.py": {6: "index of July", 1e9: "m³ in a billion", 1e6: "m² in a km²", 1000: "mm in a metre"},
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
        assert ParameterFile.parse(changed(content, path)).digest(name) != own[name], path


def test_the_version_and_the_set_are_part_of_the_digest():
    """Seven sets, seven digests; another version, another digest."""
    assert len({FILE.digest(name) for name in ALL_SETS}) == len(ALL_SETS)
    assert ParameterFile.parse({**data.parameters(), "version": "0"}).digest() != FILE.digest()


def test_wording_is_not_part_of_the_digest():
    """A better source line recalculates nothing."""
    content = deepcopy(data.parameters())
    content["frame"]["minimum_years"]["source"] = "said better"

    assert ParameterFile.parse(content).digest() == FILE.digest()


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


@pytest.mark.parametrize("path", [p for room in ("perils", "stages") for p in sorted(ROOT.glob(f"modelops_core/{room}/*.py")) if p.name not in KERNELS], ids=lambda p: p.name)
def test_perils_and_stages_hold_no_numbers_of_their_own(path):
    """A literal is neutral, a unit, a setting of the arithmetic (in stages) or the paper's; else it belongs in the file."""
    page = path.read_text("utf-8")
    tree = ast.parse(page)
    orders = {k.value for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords if k.arg == "order"}
    explained = settings(tree, page.splitlines()) if path.parent.name == "stages" else set()
    allowed = NEUTRAL | set(ALLOWED.get(f"{path.parent.name}/{path.name}", ()))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node not in orders | explained:
            assert node.value in allowed, f"{path.name}:{node.lineno}: {node.value}"


def test_windows_are_those_of_the_horizons():
    """The axis that users name and the years that are calculated agree."""
    p = FILE.params("drought")
    years = {key: tuple(span) for key, span in p["horizons"].items()} | {BASELINE: tuple(p["baseline"])}

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
