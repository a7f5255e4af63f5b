"""Draws one peril's chapter: curve, classes, score, weights, numbers, limits, references."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from modelops_core.domain.peril import Peril
from modelops_core.ports import Row
from modelops_core.services.method.curves import Curve, curves, edges
from modelops_core.services.method.method_page import Section
from modelops_core.ui.kit import cache, charts, choose, downloads, filters, formats
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.method import figures
from modelops_core.ui.method import method_labels as words
from modelops_core.ui.method.table import numbers_table

CURVE_COLUMNS = ("parameter_set", "use", "intensity", "unit", "published", "base")
AXIS = Field(UrlName.AXIS, ("linear", "log"))
#: colours of the evidence grades' badges
GRADE_COLOURS = {"A": "green", "B": "blue", "C": "orange", "D": "red"}


def bind() -> None:
    """What this part keeps in the URL."""
    filters.peril_field().bind()
    AXIS.bind()


def draw() -> None:
    """The chosen peril."""
    key = filters.peril()
    section = words.section(key)
    peril = section.peril
    assert peril is not None
    _head(section, peril)
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        _curve(peril)
    with right:
        _classes(section, peril)
        _score(section)
        _weights(section)
    _words(section)
    st.markdown(f"**{t('method.numbers_of', peril=cache.peril_label(peril))}**")
    numbers_table([(key, n) for table in section.tables for n in table.rows], f"method_{key}")
    _limits(section)


def _head(section: Section, peril: Peril) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(t(f"method.kind_{peril.kind}"), color="primary")
        st.badge(
            t("method.grade", grade=peril.grade, means=t(f"assess.grade_{peril.grade}")),
            color=GRADE_COLOURS[peril.grade],  # type: ignore[arg-type]
        )
        if not peril.verified:
            st.badge(t("method.unverified"), color="red")
    key = f"method.peril_{peril.key}"
    st.markdown(t(key) if key in catalogue() else section.words[0].text)


def _curve(peril: Peril) -> None:
    file = cache.app().parameters
    found = curves(peril, file)
    st.markdown(f"**{t('method.curve')}**", help=t("method.curve_help"))
    said = {
        "intensity": cache.intensity_label(peril.key),
        "damage": t("method.damage"),
        "central": t("method.central"),
        "range": t("method.range"),
        **{c.use: t(f"method.use_{c.use}") for c in found if c.use},
    }
    logarithmic, unit = _axis() == "log", formats.unit(peril.unit, language())
    chart = figures.damage(
        found, edges(peril, file), unit, peril.kind, mode(), said, logarithmic=logarithmic
    )
    charts.draw(
        chart,
        f"curve_{peril.key}",
        key=WidgetKey.CURVE,
        title=t("method.curve_title", peril=cache.peril_label(peril)),
        origin=words.origin(),
        alt=t("method.curve_alt", peril=cache.peril_label(peril)),
    )
    st.caption(t("method.curve_note"))
    downloads.table(
        f"curve_{peril.key}",
        words.head(f"damage curve of {peril.key}"),
        CURVE_COLUMNS,
        list(_points(found, peril.unit)),
    )


def _axis() -> str:
    """Linear, or logarithmic for what is small."""
    return choose.segments(
        AXIS, t("method.axis"), lambda code: t(f"method.axis_{code}"), hide_label=True
    )


def _points(found: Iterable[Curve], unit: str) -> Iterable[Row]:
    for curve in found:
        for x, published, base in zip(
            curve.x.tolist(), curve.published.tolist(), curve.base.tolist(), strict=True
        ):
            yield {
                "parameter_set": curve.set_name,
                "use": curve.use or "all",
                "intensity": x,
                "unit": unit,
                "published": published,
                "base": base,
            }


def _classes(section: Section, peril: Peril) -> None:
    st.markdown(f"**{t('method.classes', unit=formats.unit(peril.unit, language()))}**")
    scale = 1 + cache.app().parameters.params(peril.key)["reference_vulnerability"]
    rows = {
        _span(c.lower, c.upper): formats.percent(100 * c.ratio * scale)
        for c in section.classes
        if not (c.lower is not None and c.lower == c.upper)
    }
    frame = pd.DataFrame(
        {t("method.class"): list(rows), t("method.damage_at_edge"): list(rows.values())}
    )
    st.dataframe(frame, hide_index=True, alt=t("method.classes_alt"))


def _span(lower: float | None, upper: float | None) -> str:
    if lower is None:
        return f"≤ {formats.number(upper)}" if upper == 0 else f"< {formats.number(upper)}"
    return (
        f"≥ {formats.number(lower)}"
        if upper is None
        else f"{formats.number(lower)} – {formats.number(upper)}"
    )


def _score(section: Section) -> None:
    st.markdown(f"**{t('method.score')}**", help=t("method.score_help"))
    columns: dict[str, list[str]] = {"H": ["0", "0.2", "0.4", "0.6", "0.8", "1"]}
    for s in section.statistics:
        period = "" if s.period is None else t("method.period", years=f"{s.period:g}")
        weight = "" if s.weight == 1 else f" × {s.weight:g}"
        unit = formats.unit(s.unit, language())
        columns[f"{_statistic(s.name)}{period} [{unit}]{weight}"] = [
            formats.minus(f"{value:g}") for value in s.anchors
        ]
    st.dataframe(pd.DataFrame(columns), hide_index=True, alt=t("method.score"))


def _statistic(name: str) -> str:
    key = f"method.statistic_{name.removeprefix('mean of ')}"
    return t(key) if key in catalogue() else name


def _weights(section: Section) -> None:
    st.markdown(f"**{t('method.weights')}**", help=t("method.weights_help"))
    parts = (
        f"{w.label_ko if language() == 'ko' else w.factor} {w.weight:g}" for w in section.weights
    )
    st.markdown(" · ".join(parts))


def _words(section: Section) -> None:
    """What the calculation does, in words; the exact statements are the code's own."""
    peril = section.peril
    assert peril is not None
    points = (
        ("Frequency P(H)", f"method.frequency_{type(peril.frequency).__name__}"),
        ("Site factor", f"method.site_{peril.site_factor}"),
        ("Exposed value", f"method.exposed_{str(peril.storeys_matter).lower()}"),
    )
    by_title = {w.title: w for w in section.words}
    for name, key in points:
        st.markdown(f"- **{words.heading(by_title[name])}** — {t(key)}")
    with st.expander(t("method.exact"), icon=":material/function:"):
        for w in section.words:
            st.markdown(f"**{words.heading(w)}**  \n{w.text}")
        if section.example:
            st.markdown(f"**{t('method.example')}**  \n{section.example}")


def _limits(section: Section) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{t('method.limits')}**")
        for limit in section.limits:
            st.markdown(f"- {limit.ko if language() == 'ko' else limit.en}")
    with right:
        st.markdown(f"**{t('method.references')}**")
        for reference in section.references:
            st.markdown(f"- {reference.replace('[', chr(92) + '[')}")
