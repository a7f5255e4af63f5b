"""What every peril promises. A new file in perils/ is tested by existing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_core.domain.climate import Climate
from modelops_core.domain.peril import Mean
from modelops_core.domain.result import Status
from modelops_core.domain.variables import VARIABLES
from modelops_core.perils import PERILS
from modelops_core.services.series import own_series
from tests.golden_files import GOLDEN, Golden
from tests.parameters import PARAMETERS

YEARS = 20
each_peril = pytest.mark.parametrize("peril", PERILS.values(), ids=PERILS)
PLACE = {
    "latitude": np.array([37.5]),
    "longitude": np.array([127.0]),
    "elevation_m": np.array([50.0]),
    "coast_distance_m": np.array([500.0]),
    "basin_code": np.array(["Han"]),
}


class Recorder(dict):
    """A mapping that remembers which keys were read."""

    def __init__(self, *args):
        super().__init__(*args)
        self.read = set()

    def __getitem__(self, key):
        self.read.add(key)
        return super().__getitem__(key)


def inputs(peril):
    return peril.series or peril.requires


def shape(name, years=YEARS):
    return {"year": (1, years, 1), "month": (1, years, 12, 1)}[VARIABLES[name].cadence]


def plausible(name):
    """The middle of a variable's ordinary range in Korea."""
    return {
        "ta": 16.0,
        "rn": 110.0,
        "ws": 2.5,
        "rhm": 65.0,
        "si": 13.0,
        "spei12": 0.0,
        "wsdi": 10.0,
        "csdi": 4.0,
        "rx1day": 140.0,
        "sdii": 16.0,
        "sea_level": 10.0,
        "wind": 15.0,
    }.get(name, 1.0)


def tile(peril, values, years=YEARS):
    return Climate(("ssp2",), np.arange(2021, 2021 + years), np.array([1]), {**PLACE, **values})


def ordinary(peril, years=YEARS):
    """A series with some spread around plausible values."""
    rng = np.random.default_rng(7)
    return {
        name: plausible(name) * rng.uniform(0.6, 1.6, shape(name, years))
        for name in sorted(inputs(peril))
        if VARIABLES[name].cadence in ("year", "month")
    }


def run(peril, values, years=YEARS, params=None):
    p = params or PARAMETERS.params(peril.key)
    return own_series.calculate(peril, tile(peril, values, years), p)


@st.composite
def climates(draw, peril):
    """Any series within its variable's range: wild, constant, at an end of the range, with gaps."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    style = draw(st.sampled_from(["wild", "ordinary", "constant", "lowest", "highest"]))
    gaps = draw(st.sampled_from([0.0, 0.0, 0.02]))
    values = {}
    for name in sorted(inputs(peril)):
        variable = VARIABLES[name]
        if variable.cadence not in ("year", "month"):
            continue
        low, high = max(variable.low, -60), min(variable.high, 600)
        series = {
            "wild": rng.uniform(low, high, shape(name)),
            "ordinary": plausible(name) * rng.uniform(0.6, 1.6, shape(name)),
            "constant": np.full(shape(name), rng.uniform(low, high)),
            "lowest": np.full(shape(name), float(low)),
            "highest": np.full(shape(name), float(high)),
        }[style]
        series[rng.uniform(size=series.shape) < gaps] = np.nan
        values[name] = series
    return values


@each_peril
def test_requires_only_known_variables(peril):
    """A peril names variables of the catalogue."""
    assert peril.requires <= set(VARIABLES)
    assert peril.regional_requires <= set(VARIABLES)
    assert peril.series <= set(VARIABLES)


@each_peril
def test_cites_its_sources_and_says_what_it_measures(peril):
    """No number simply appears."""
    assert peril.references
    assert peril.intensity
    assert peril.unit
    assert peril.grade in "ABCD"
    assert peril.label_ko


@each_peril
def test_own_section_of_parameters_shadows_no_common_one(peril):
    """One name has one meaning."""
    common = {
        k for s in ("frame", "exposure", "vulnerability", "flood") for k in PARAMETERS.sections[s]
    }
    assert not common & set(PARAMETERS.sections.get(peril.key, {}))


@each_peril
def test_vulnerability_weights_sum_to_one(peril):
    """V is a weighted mean."""
    weights = PARAMETERS.params(peril.key)["vulnerability_weights"]
    assert sum(weights.values()) == pytest.approx(1.0, abs=1e-12)


@each_peril
def test_reads_what_it_requires(peril):
    """The declaration of needs is neither short nor padded."""
    values = Recorder({**PLACE, **ordinary(peril)})
    if peril.regional is not None:
        prepared = own_series.prepared(
            peril,
            Climate(("ssp2",), np.arange(2021, 2041), np.array([1]), values),
            PARAMETERS.params(peril.key),
        )
        assert values.read == peril.regional_requires
        values = Recorder(prepared.values)
    climate = Climate(("ssp2",), np.arange(2021, 2041), np.array([1]), values)
    p = PARAMETERS.params(peril.key)
    peril.indices(climate, p)
    for also in (peril.quality, peril.not_applicable, peril.notes):
        if also is not None:
            also(climate, p)
    inundation = getattr(peril.frequency, "inundation", None)
    if inundation is not None:
        inundation.cell_place(climate, p)

    if not peril.series or peril.regional is not None:
        assert values.read == peril.requires


@each_peril
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_scores_are_scores_and_probabilities_sum_to_one(peril, data):
    """§14.1: 0 ≤ H, P ≤ 1; Σ P = 1; DR in [0, .5]; AAL ≥ 0 and inside its interval's reach."""
    risk = run(peril, data.draw(climates(peril)))
    e = risk.estimate
    if risk.estimate_status[0, 0] <= Status.low_confidence:
        assert e.p.sum(axis=0) == pytest.approx(1.0, abs=1e-9)
        assert ((e.p >= -1e-15) & (e.p <= 1 + 1e-12)).all()
        assert not (e.p_low > e.p_high).any()
        if e.estimator in ("empirical", "storm_ensemble"):
            assert ((e.p_low <= e.p + 1e-12) & (e.p <= e.p_high + 1e-12)).all()
        assert ((e.damage_ratio >= 0) & (e.damage_ratio <= 0.5 + 1e-12)).all()
        assert (e.aal >= -1e-15).all()
        assert e.aal == pytest.approx(100 * (e.p * e.damage_ratio).sum(axis=0), rel=1e-9, abs=1e-12)
    if risk.score_status[0, 0] <= Status.low_confidence:
        assert ((risk.score.score >= 0) & (risk.score.score <= 1)).all()


@each_peril
def test_missing_input_is_not_assessed(peril):
    """§14.8: no number where the input is missing."""
    values = {name: np.full_like(series, np.nan) for name, series in ordinary(peril).items()}
    risk = run(peril, values)

    assert (risk.estimate_status == Status.not_assessed).all()
    assert (risk.score_status == Status.not_assessed).all()
    for number in (risk.estimate.aal, risk.estimate.p, risk.estimate.aal_p05, risk.score.score):
        assert np.isnan(number).all()


@each_peril
def test_too_few_years_are_not_assessed(peril):
    """§1.2: a window needs fifteen years."""
    enough = (
        16 if "fwi" in str(peril.frequency) else 15
    )  # the first year of fire weather is spin-up
    assert (
        run(peril, ordinary(peril, enough), enough).estimate_status == Status.low_confidence
    ).all()
    assert (
        run(peril, ordinary(peril, enough - 1), enough - 1).estimate_status == Status.not_assessed
    ).all()


@each_peril
def test_inputs_are_left_alone(peril):
    """A calculation writes to nothing that it was given."""
    values = ordinary(peril)
    before = {name: series.copy() for name, series in values.items()}
    run(peril, values)

    for name, series in values.items():
        np.testing.assert_array_equal(series, before[name])


@each_peril
def test_same_inputs_give_the_same_bytes(peril):
    """§14.6: seeded, so reproducible."""
    first, second = run(peril, ordinary(peril)), run(peril, ordinary(peril))
    for name in ("p", "damage_ratio", "aal", "aal_p05", "aal_p95"):
        assert getattr(first.estimate, name).tobytes() == getattr(second.estimate, name).tobytes()


@each_peril
def test_permuting_years_leaves_the_loss(peril):
    """§14.4 for yearly inputs: order does not matter (fitted perils to 1e-5, trend test aside)."""
    values = ordinary(peril)
    if peril.regional is not None:
        pytest.skip("leap years: a month's total depends on its year")
    if "fwi" in str(peril.frequency):
        pytest.skip("fire weather carries its state from year to year")
    order = np.arange(YEARS)
    equal = order[(2021 + order) % 4 != 0]  # a leap February has a day more to be cold on
    order[equal] = np.random.default_rng(3).permutation(equal)
    shuffled = {name: series[:, order] for name, series in values.items()}
    one, two = run(peril, values).estimate, run(peril, shuffled).estimate

    assert one.aal == pytest.approx(two.aal, rel=1e-5, abs=1e-12)


@each_peril
def test_raising_the_intensity_never_lowers_hazard_or_loss(peril):
    """§14.3, for the index the peril counts or fits."""
    p = PARAMETERS.params(peril.key)
    x = np.linspace(0.0, 1.3 * max(_top(peril, p), 1.0), 200)
    ratio = peril.damage(x, p)

    assert (np.diff(ratio) >= 0).all()
    assert ratio[0] >= 0
    for statistic in peril.hazard:
        anchors = p[statistic.anchors]
        assert anchors == sorted(anchors)
        if isinstance(statistic, Mean) and statistic.logarithmic:
            assert anchors[0] > 0


def _top(peril, p):
    return max(p["bins"]) * 3


@each_peril
def test_damage_stays_unknown_for_the_unknown(peril):
    """NaN in, NaN out."""
    assert np.isnan(peril.damage(np.array([np.nan]), PARAMETERS.params(peril.key))).all()


@each_peril
@pytest.mark.parametrize("name", ["low", "high"])
def test_low_and_high_sets_bracket_the_damage(peril, name):
    """§12: the low set never costs more than the central one, nor the high set less."""
    central, other = PARAMETERS.params(peril.key), PARAMETERS.params(peril.key, name)
    x = np.linspace(0, _top(peril, central), 50)
    difference = peril.damage(x, other) - peril.damage(x, central)

    assert (difference <= 1e-15).all() if name == "low" else (difference >= -1e-15).all()


@each_peril
@pytest.mark.parametrize("name", ["gumbel_pwm", "gev_free", "dr_table"])
def test_named_sensitivities_keep_the_promises(peril, name):
    """§14.1 under each set: Σ P = 1, DR in [0, .5] and never falling, AAL = Σ P·DR; pooling needs cells around."""
    years = 60 if peril.frequency.__class__.__name__ == "Fitted" else YEARS
    e = run(peril, ordinary(peril, years), years, PARAMETERS.params(peril.key, name)).estimate

    assert e.p.sum(axis=0) == pytest.approx(1.0, abs=1e-9)
    assert ((e.damage_ratio >= 0) & (e.damage_ratio <= 0.5 + 1e-12)).all()
    assert (np.diff(e.damage_ratio, axis=0) >= -1e-12).all()
    assert e.aal == pytest.approx(100 * (e.p * e.damage_ratio).sum(axis=0), rel=1e-9, abs=1e-12)
    assert not (e.aal_p05 > e.aal_p95).any()


@each_peril
def test_golden_values(peril):
    """The worked example of the method comes out."""
    golden = Golden.read(GOLDEN / f"{peril.key}.csv")
    p = golden.params(PARAMETERS.params(peril.key))
    risk = own_series.calculate(peril, golden.climate(peril), p)
    got = {
        "aal": risk.estimate.aal,
        "hazard": risk.score.score,
        "p": risk.estimate.p,
        "dr": risk.estimate.damage_ratio,
        **risk.score.statistics,
    }

    assert len(golden.expect) >= 2, "a golden file expects at least a loss and a score"
    for name, expected in golden.expect.items():
        tolerance = golden.tolerance.get(name, golden.tolerance[""])
        np.testing.assert_allclose(
            np.ravel(got[name]), expected, rtol=tolerance, atol=tolerance * 1e-2, err_msg=name
        )
