"""
What a peril declares. A peril is a value of :class:`Peril`, never a subclass.

The declaration says what is read, which yearly indices follow from it, how their
frequency is found, what damage they do and which attributes of a site matter;
the mathematics itself lives in ``stages``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from modelops_core.domain.climate import Array, BoolArray, Climate
from modelops_core.domain.parameters import Params
from modelops_core.domain.site import Sites

Indices = Mapping[str, Array]
Terms = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Mean:
    """H from the window mean of an index, through ``anchors`` (a parameter's name)."""

    index: str
    unit: str
    anchors: str
    #: a parameter's name; None where the peril has one statistic
    weight: str | None = None
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class ReturnLevel:
    """H from the level reached once in ``period`` (a parameter's name) years, transformed."""

    name: str
    unit: str
    anchors: str
    period: str
    transform: Callable[[Array, Terms, Params], Array]
    #: a parameter's name; None where the peril has one statistic
    weight: str | None = None


Statistic = Mean | ReturnLevel


@dataclass(frozen=True, slots=True)
class Line:
    """
    How the mean of an index follows the warming.

    It changes by ``sign`` times the response of the variable ``signal``; ``sign`` is −1 where the
    index runs the other way. ``residuals`` and ``cap`` are parameters' names: the deviations from
    the line that stand in for a data set without a single model's spread, and the value at which
    the index is cut off because it says nothing beyond.
    """

    signal: str
    residuals: str
    cap: str
    sign: float = 1.0


@dataclass(frozen=True, slots=True)
class Counted:
    """
    P(H): years counted in classes of ``index``; no distribution is assumed.

    With a ``line`` the mean of the index follows the warming and only the residuals are counted.
    """

    index: str
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class Ensemble:
    """
    P(H): catalogue years × weighted members of ``index`` (scenario or 1, year, member, cell).

    ``factor(scenario, horizon, catalogue years, params)`` gives the multipliers of the
    intensity and of the frequency; ``weights`` the members' weights, which sum to 1.
    """

    index: str
    weights: Callable[[Params], Array]
    factor: Callable[[str, str, tuple[int, int], Params], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Inundation:
    """
    Depth of water [m] at a place, as a function of the yearly maximum that drives it.

    ``terms(design, place, params)`` collects what the two functions need, where
    ``design(T)`` is the driver's T-year level in the baseline climate;
    ``depth(x, terms, params)`` is 0 up to the protection level;
    ``driver(depth, terms, params)`` is its inverse (depth 0: the threshold).
    ``cell_place`` and ``site_place`` describe a map cell and given sites. Where ``terms`` hold a
    ``wet_share``, water comes to that share of the places only. ``doubts(terms, params)`` gives the
    flags of places that cannot be calculated.
    """

    terms: Callable[[Callable[[Array], Array], Terms, Params], Terms]
    depth: Callable[[Array, Terms, Params], Array]
    driver: Callable[[Array, Terms, Params], Array]
    cell_place: Callable[[Climate, Params], Terms]
    site_place: Callable[[Sites, Params], Terms]
    doubts: Callable[[Terms, Params], Mapping[str, BoolArray]] | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """
    A gauge's yearly maxima in place of ``index``, at sites that have such a record.

    The GEV of ``shape`` through the record's L-moments holds in the baseline climate and is what
    drives the ``inundation``. It changes as the index does: by the same response, or, where each
    window has a fit of its own, by RECORD_TERMS of its place, (combination, site): that GEV, and
    those of the index in the window and in the baseline. ``distance`` [m], ``years``, ``days``
    (share of a year), ``kinds`` (of data set), ``spread`` (least coefficient of variation of the
    maxima) and ``over_median`` (largest maximum over the usual flow) say which gauges count. All
    but the inundation are parameters' names.
    """

    shape: str
    distance: str
    years: str
    days: str
    kinds: str
    spread: str
    over_median: str
    inundation: Inundation


RECORD_TERMS = tuple(
    f"{whose}_{part}"
    for whose in ("record", "window", "baseline")
    for part in ("mu", "alpha", "kappa")
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """
    P(H): GEV of fixed shape (a parameter's name) on yearly maxima of ``index``.

    Those of the baseline, moved by the response to warming of the variable ``signal``; without a
    signal those of each window. ``record`` says how a gauge near a site may take the index' place.
    """

    index: str
    shape: str
    inundation: Inundation
    record: Recorded | None = None
    signal: str | None = None


@dataclass(frozen=True, slots=True)
class Prescribed:
    """
    P(H): a Gumbel distribution that is given, not fitted.

    ``location_scale(place, params)`` gives μ and β of the baseline; ``index`` is what
    moves μ by its change [same unit] between baseline and window.
    """

    index: str
    location_scale: Callable[[Terms, Params], tuple[Array, Array]]
    shift: Callable[[Array, Params], Array]
    inundation: Inundation


Frequency = Counted | Ensemble | Fitted | Prescribed


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of some sites: value (site,), NaN = not assessed, and why it is weak."""

    value: Array
    flags: Mapping[str, BoolArray] = field(default_factory=dict)
    #: sites that the physics excludes, (site,)
    not_applicable: BoolArray | None = None
    #: flags that make the result low_confidence
    weak: frozenset[str] = frozenset()
    #: what else to say of the sites, by name: (site,) text
    remarks: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """Which columns of the factor tables a peril uses; the weights are parameters."""

    structure: str
    use: str | None = None
    height: Literal["heat", "wind"] | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """What a peril's number does not hold, in both languages."""

    en: str
    ko: str


class Damage(Protocol):
    """Base damage ratio (share of the exposed value) of an intensity, per curve class."""

    def __call__(self, x: Array, p: Params, curve: str = ..., /) -> Array: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Peril:
    """One peril. ``key`` is the file's name and the identifier everywhere."""

    key: str
    label: str
    label_ko: str
    #: what the intensity X is, and its unit
    intensity: str
    unit: str
    kind: Literal["operating", "physical"]
    #: evidence grade of the damage curve, A to D
    grade: str
    #: names of domain.variables
    requires: frozenset[str]
    indices: Callable[[Climate, Params], Indices]
    frequency: Frequency
    hazard: tuple[Statistic, ...]
    damage: Damage
    proximity: Callable[[Sites, Params], Factor]
    vulnerability: Vulnerability
    references: tuple[str, ...]
    #: one: the cell's loss; proximity: × P; inundation: recomputed with the site's depth
    site_factor: Literal["one", "proximity", "inundation"] = "one"
    #: share of the value that floods can reach, by storeys
    storeys_matter: bool = False
    #: flags of ``quality`` under which no number may be given
    blocking: frozenset[str] = frozenset()
    #: where the physics excludes the peril, (cell,)
    not_applicable: Callable[[Climate, Params], BoolArray] | None = None
    #: doubts about the input, by flag, (scenario, cell)
    quality: Callable[[Climate, Params], Mapping[str, BoolArray]] | None = None
    #: per-cell variables whose basin mean is the real input
    regional: Callable[[Climate, Params], Mapping[str, Array]] | None = None
    regional_requires: frozenset[str] = frozenset()
    #: flags of ``quality`` that say something without lowering the status
    harmless: frozenset[str] = frozenset()
    #: what else must be known of the cells, in words: name → (cell,) text
    notes: Callable[[Climate, Params], Mapping[str, Any]] | None = None
    #: the variables of an analyst's own series, where they are not ``requires``
    series: frozenset[str] = frozenset()
    #: (group, member): members of a group describe the same loss, so a total takes the
    #: largest member; perils of one member add
    overlap: tuple[str, str] | None = None
    #: own section of parameters, for a peril that the shipped file does not hold
    parameters: Mapping[str, Any] | None = None
    #: the intensity in Korean; empty = as ``intensity``
    intensity_ko: str = ""
    #: what the number does not hold
    limits: tuple[Limit, ...] = ()
    #: H is that of the site's own ground, not of the map's reference
    hazard_of_site: bool = False
    #: what the loss is multiplied by in each cell: (cell,) of the climate
    cell_factor: Callable[[Climate, Params], Array] | None = None
    #: what the loss is multiplied by at each site, by its use: (site,)
    use_factor: Callable[[Sites, Params], Array] | None = None
    #: variables that only H needs, not the loss
    hazard_only: frozenset[str] = frozenset()
    #: place among its kind on the screens
    order: int = 99
    #: golden values come from an independent source
    verified: bool = True
