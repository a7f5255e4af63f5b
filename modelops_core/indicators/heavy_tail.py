"""
P(X > x) of a GEV of one heavy-tailed shape, read of a table: the hot part of common draws.

With κ < 0 held, P(X > x) = 1 − exp(−z^(1/κ)) is one curve of z = 1 − κ(x − μ)/α, whatever the draw
and the place. It is tabulated once a shape, as the quintic that has the curve's value and two
derivatives at both ends of each step; what is read differs from the formula by less than 1e-9 of
it or 1e-9, whichever is more (tests/unit/method/test_survival.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit

from modelops_core.domain.climate import Array, read_only

#: r = −ln F at the lower end, where P is 1, and at the upper end of the table
SURE, RARE = 50.0, 1e-12
#: steps are this share of |κ| wide, so that z^(1/κ) changes alike in each
STEP = 1 / 16
#: a table of more steps than this is slower than the formula
MOST = 8192


@dataclass(frozen=True, slots=True)
class Curve:
    """The table: where z begins and ends, steps a unit of z, 1/κ and quintics (step, power)."""

    first: float
    last: float
    per_unit: float
    power: float
    coefficients: Array


def of_shape(kappa: Array) -> Curve | None:
    """Return the table of the one shape that all draws have; None where they have several."""
    known = kappa[~np.isnan(kappa)]
    if not known.size:
        return None
    shape = float(known.flat[0])
    return _curve(shape) if shape < 0 and bool((known == shape).all()) else None


@lru_cache(maxsize=8)
def _curve(kappa: float) -> Curve | None:
    first, last = SURE**kappa, RARE**kappa
    steps = math.ceil((last - first) / (STEP * -kappa))
    if steps > MOST:
        return None
    width = (last - first) / steps
    z = first + width * np.arange(steps + 1)
    value, slope, bend = _derivatives(z, 1 / kappa)
    ends = [(v[:-1], v[1:]) for v in (value, width * slope, width**2 * bend)]
    return Curve(first, last, 1 / width, 1 / kappa, read_only(_quintics(*ends)))


def _derivatives(z: Array, power: float) -> tuple[Array, Array, Array]:
    """P = 1 − exp(−z^power) and its first two derivatives."""
    r = z**power
    by_z = power * r / z
    by_zz = by_z * (power - 1) / z
    left = np.exp(-r)
    return -np.expm1(-r), left * by_z, left * (by_zz - by_z**2)


def _quintics(
    value: tuple[Array, Array], slope: tuple[Array, Array], bend: tuple[Array, Array]
) -> Array:
    """Coefficients of t⁰ … t⁵ on [0, 1] with these values and derivatives at both ends."""
    (a, b), (da, db), (ca, cb) = value, slope, bend
    rise = b - a
    return np.stack(
        [
            a,
            da,
            ca / 2,
            10 * rise - 6 * da - 4 * db - (3 * ca - cb) / 2,
            -15 * rise + 8 * da + 7 * db + (3 * ca - 2 * cb) / 2,
            6 * rise - 3 * (da + db) - (ca - cb) / 2,
        ],
        axis=1,
    )


def sums(
    x: Array,
    weights: Array,
    rest: Array,
    constant: Array,
    slope: Array,
    inverse: Array,
    curve: Curve,
    negligible: float,
    out: Array,
) -> None:
    """Write Σ weights · P(X > x/inverse) to *out*; arguments as :func:`joint._sums`."""
    ends = (curve.first, curve.last, curve.per_unit, curve.power)
    _sums(x, weights, rest, constant, slope, inverse, ends, curve.coefficients, negligible, out)


@njit(cache=True, nogil=True, error_model="numpy")
def _sums(
    x: Array,
    weights: Array,
    rest: Array,
    constant: Array,
    slope: Array,
    inverse: Array,
    ends: tuple[float, float, float, float],
    table: Array,
    negligible: float,
    out: Array,
) -> None:
    draws, columns, nodes = x.shape
    for w in range(inverse.shape[0]):
        for d in range(draws):
            for c in range(columns):
                a, b, total = constant[d, c], slope[d, c] * inverse[w, d, c], 0.0
                for g in range(nodes):
                    s = read(a + b * x[d, c, g], ends, table)
                    total += weights[g] * s
                    if s * rest[g] < negligible * total:
                        break
                out[w, c, d] = total


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def read(z: float, ends: tuple[float, float, float, float], table: Array) -> float:
    """Return P at *z*; 1 below the table, by its first terms beyond it, NaN for NaN."""
    first, last, per_unit, power = ends
    if z <= first:
        return 1.0
    if z < last:
        position = (z - first) * per_unit
        i = min(int(position), table.shape[0] - 1)
        t = position - i
        c = table[i]
        return c[0] + t * (c[1] + t * (c[2] + t * (c[3] + t * (c[4] + t * c[5]))))
    return z**power
