"""Losses from the caller's own hazard curves."""

from __future__ import annotations

import pytest

from modelops_core.api.hazard_curves import FLOOD_EXAMPLE, OWN_DAMAGE_EXAMPLE

PATH = "/api/v1/risk-assessment/hazard-curves"


def test_the_examples_of_the_description_are_answered(client):
    """By site in the order asked, the loss in proportion to the value."""
    found = client.post(PATH, json=FLOOD_EXAMPLE).json()
    assert [site["site"] for site in found["sites"]] == ["Mill", "Depot"]
    assert (found["damage_curve"], found["unit"]) == ("peril", "m")
    for site, asked in zip(found["sites"], FLOOD_EXAMPLE["sites"], strict=True):
        assert site["final_aal"] == pytest.approx(
            site["base_aal"] * (1 + found["vulnerability_score"])
        )
        assert site["expected_loss"] == pytest.approx(
            site["final_aal"] / 100 * asked["asset_value"]
        )

    # ratios 0.01, 0.0675 and 0.26 at 0.2, 0.02 and 0.004 a year
    expected = 1e9 * (0.0775 / 2 * 0.18 + 0.3275 / 2 * 0.016 + 0.26 * 0.004)
    [own] = client.post(PATH, json=OWN_DAMAGE_EXAMPLE).json()["sites"]
    assert (own["site"], own["expected_loss"]) == ("site 1", pytest.approx(expected))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"risk_type": "locusts"}, "locusts"),
        ({"return_periods": [5, 50]}, "3 intensities for 2 return periods"),
        ({"return_periods": [5, 5, 50]}, "ascend"),
        ({"damage_curve": {"intensity": [2, 1], "ratio": [0, 1]}}, "ascend"),
        ({"sites": []}, "body.sites"),
    ],
)
def test_what_makes_no_sense_is_refused(client, change, words):
    """422 with the reason; nothing is assumed."""
    refused = client.post(PATH, json={**OWN_DAMAGE_EXAMPLE, **change})

    assert refused.status_code == 422
    assert words in refused.text
