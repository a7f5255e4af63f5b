"""From a site's base AAL to money: every quantity in full precision, rounded only for output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array

PER_CENT = 100.0


@dataclass(frozen=True, slots=True)
class ScaledLoss:
    """AAL [% a year], pure premium rate [fraction a year], loss [KRW a year]; equal shapes."""

    vulnerability_scale: Array
    final_aal: Array
    insurance_rate: Array
    expected_loss: Array


def scale(site_aal: Array, vulnerability: Array, exposed_value: Array) -> ScaledLoss:
    """scale = 1 + V; final = base × scale; rate = final/100; loss = rate × exposed value."""
    factor = 1.0 + vulnerability
    final = site_aal * factor
    rate = final / PER_CENT
    return ScaledLoss(factor + 0 * site_aal, final, rate, rate * exposed_value)


def integrated_risk(hazard: Array, exposure: Array, vulnerability: Array) -> Array:
    """IR = H·E·V: an ordering aid, neither probability nor money."""
    return hazard * exposure * vulnerability


def integrated_score(risk: Array) -> Array:
    """Cube root of IR: brings a product of three scores back to their scale."""
    root: Array = np.cbrt(risk)
    return root


def significant(value: float, figures: int = 3) -> float:
    """*value* rounded to *figures* significant figures, for output."""
    return float(f"{value:.{figures}g}")
