"""What words and codes of registers, forms and spreadsheets mean: unknown, or a class."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from modelops_core.domain.site import UNKNOWN, Site, Sites
from modelops_core.stages import asset
from tests.parameters import PARAMETERS

NOTHING = (
    *("", "  ", "-", "—", "...", "?", "*", "#N/A", "0", "-999", "9999", "1000", "5000.0"),
    *(
        "미상",
        "기타미상",
        "기타 미상",
        "(미상)",
        "용도 미상",
        "구조미상",
        "불명",
        "미확인",
        "미기재",
    ),
    *("알 수 없음", "확인불가", "없음", "해당 없음", "해당사항없음", "정보없음", "모름"),
    *("unknown", "Unknown use", "UNK", "n/a", "N.A.", "NA", "none", "null", "NaN", "nil", "TBD"),
    *("not available", "Not specified", "unspecified", "undetermined", "no data", "ｕｎｋｎｏｗｎ"),
    unicodedata.normalize("NFD", "미상"),
)
VALUED = PARAMETERS.params("river_flood")


def described(**known):
    site = Site(latitude=35.87, longitude=128.6, total_area=5000.0, **known)
    return asset.described(Sites.of([site]), 2026)


@pytest.mark.parametrize("word", NOTHING)
def test_a_word_for_unknown_is_unknown(word):
    """Use and structure are unknown, and both are flagged where a value follows from them."""
    sites = described(structure=word, purpose=word)
    _, flags = asset.value(sites, VALUED)

    assert (sites["use_group"][0], sites["structure_class"][0]) == (UNKNOWN, UNKNOWN)
    assert flags["use_assumed_other"][0]
    assert flags["structure_assumed_rc"][0]


@pytest.mark.parametrize("purpose", ["기타", "위락시설", "자동차관련시설", "1종 시설", "church"])
def test_another_use_is_known(purpose):
    """A use that no group has is other, not unknown."""
    sites = described(purpose=purpose)
    assert sites["use_group"][0] == "other"
    assert not asset.value(sites, VALUED)[1]["use_assumed_other"][0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("콘크리트구조", ("rc", "rc")),
        ("기타콘크리트구조", ("rc", "rc")),
        ("철근콘크리트구조", ("rc", "rc")),
        ("프리케스트콘크리트구조", ("rc", "rc")),
        ("프리캐스트콘크리트구조", ("rc", "rc")),
        ("철골철근콘크리트구조", ("src", "src")),
        ("일반철골구조", ("steel", "brick_steel")),
        ("경량철골구조", ("light", "light_steel")),
        ("강파이프구조", ("light", "container")),
        ("벽돌구조", ("masonry", "brick_steel")),
        ("블록구조", ("masonry", "earth_block")),
        ("석구조", ("masonry", "rc")),
        ("일반목구조", ("timber", "engineered_timber")),
        ("통나무구조", ("timber", "timber")),
        ("조립식판넬조", ("light", "panel")),
        ("컨테이너조", ("light", "container")),
    ],
)
def test_the_register_s_names_of_structures(name, expected):
    """Class of the vulnerability and group of the tax office."""
    sites = described(structure=name)
    assert (sites["structure_class"][0], sites["structure_group"][0]) == expected


@pytest.mark.parametrize("below", [0.0, np.nan, 2.0])
@pytest.mark.parametrize("above", [0.0, np.nan])
def test_storeys_of_zero_are_unknown(above, below):
    """A building has a storey: V and the exposed share take 0 as unknown, and floods say so."""
    sites = described(floors_above=above, floors_below=below)
    share, unknown = asset.exposed_share(sites, VALUED)

    assert np.isnan(sites["floors_above"][0])
    assert unknown[0]
    assert share[0] == 1
