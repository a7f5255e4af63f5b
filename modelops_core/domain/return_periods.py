"""
The return periods at which a site's loss is stated, and what its rare years are known from.

The loss of return period T is the loss of a year that one year in T exceeds on average.
"""

from __future__ import annotations

from enum import StrEnum

#: of the exceedance curve [years]
PERIODS = (2, 5, 10, 20, 30, 50, 100, 200, 500)
#: those that cards, tables and reports name
HEADLINE = (10, 50, 100, 200)


class Basis(StrEnum):
    """What the rare years of a peril are known from."""

    #: a distribution fitted to yearly maxima of the cell
    maxima = "maxima"
    #: a distribution fitted to yearly maxima of a river gauge
    gauge = "gauge"
    #: the years of a catalogue of storms
    storms = "storms"
    #: a distribution that the method gives, without years of its own
    prescribed = "prescribed"
    #: years counted in classes: there is no distribution, hence no return period
    counted = "counted"


def level_name(period: int) -> str:
    """Return the name of a stored return level among the details of an estimate."""
    return f"level_{period}"


def extrapolated(period: float, years: float | None) -> bool:
    """
    Whether a return period lies beyond the years that carry it.

    METHOD keeps to what is inside the data range: n years show an event of up to n years.
    """
    return period > (years or 0.0)
