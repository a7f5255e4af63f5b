"""Makes the tables of a comparison: sites side by side, changes, spans over scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain import stamp
from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.stamp import SEPARATOR
from modelops_core.services.portfolio import compare, rating
from modelops_core.services.portfolio import sums as portfolio_sums
from modelops_core.services.portfolio.compare import Amount, Change, Measure
from modelops_core.services.portfolio.rating import Standing
from modelops_core.ui.compare import figures
from modelops_core.ui.compare.choice import Choice, Subject
from modelops_core.ui.compare.figures import LATER
from modelops_core.ui.kit import cache, charts, filters, formats
from modelops_core.ui.kit.answers import saved_sites
from modelops_core.ui.kit.i18n import language, t

#: names that fit into a cell
NAMED = 3
#: subtotals of the table: the two quantities apart, then both
ROWS = ("physical_no_overlap", "operating", "grand")


def text(cell: Amount, measure: Measure) -> str:
    """The number, or the word for why there is none."""
    if cell.value is None or cell.status == "not_applicable":
        return formats.status(cell.status, language())
    return figures.amount(cell.value, measure, language())


def side_by_side(found: Sequence[Subject], choice: Choice) -> None:
    """A column a site: value, subtotals by scenario, span, worst peril, grade, missing perils."""
    columns = {subject.name: _column(subject, choice) for subject in found}
    together = _together(found, choice)
    if together is not None:
        columns[t("compare.sum")] = together
    of(found, None, choice.horizon)
    _draw(pd.DataFrame(columns), t("compare.item"))
    if together is not None:
        st.caption(t("compare.note_sum"))


def _draw(frame: pd.DataFrame, head: str) -> None:
    """*frame* with its index as a column *head*: as dark as the others, and in sight as well."""
    st.dataframe(
        frame.rename_axis(head).reset_index(),
        hide_index=True,
        height="content",
        alt=t("compare.alt_table"),
        column_config={head: st.column_config.TextColumn(pinned=True)},
    )


def of(found: Sequence[Subject], scenario: str | None, horizon: str | None) -> None:
    """Say what the numbers of a table below are of."""
    charts.note(charts.of_answers([s.answer for s in found], scenario, horizon))


def _column(subject: Subject, choice: Choice) -> dict[str, str]:
    own, lang = subject.answer, language()
    rows = {
        t("compare.row_district"): saved_sites.district(own),
        t("sites.assessed_at"): stamp.day(own.assessed_at) if own.assessed_at else formats.DASH,
        t("columns.asset_value"): formats.won(own.asset_value, lang)
        if own.asset_value is not None
        else t("compare.value_unknown"),
    }
    for quantity in ROWS:
        cells = compare.over_scenarios(
            own, quantity, choice.measure, choice.horizon, cache.app().perils
        )
        for code, cell in cells.items():
            rows[_row(quantity, SCENARIOS[code])] = text(cell, choice.measure)
        rows[_row(quantity, t("compare.row_spread"))] = span(compare.spread(cells), choice.measure)
    key = (choice.scenario, choice.horizon)
    rate = compare.amount_of(own, "grand", "rate", key, cache.app().perils).value
    worst = compare.worst(own, key)
    at = own.at(*key)
    found = {
        "grade": grade_word(rate),
        "worst": formats.DASH if worst is None else filters.peril_name(worst),
        "weak": _names(at, "low_confidence"),
        "missing": _names(at, "not_assessed"),
    }
    scenario = SCENARIOS[choice.scenario]
    return rows | {
        f"{t(f'compare.row_{what}')}{SEPARATOR}{scenario}": word for what, word in found.items()
    }


def grade_word(rate: float | None) -> str:
    """The grade of an AAL in words, or that there is none."""
    level = compare.grade(rate, saved_sites.grade_edges())
    return (
        formats.status("not_assessed", language())
        if level is None
        else formats.level(level, language())
    )


def _names(at: Mapping[str, PerilResult], status: str) -> str:
    names = [filters.peril_name(key) for key, r in at.items() if r.status == status]
    if len(names) > NAMED:
        return t(
            "compare.and_more", names=", ".join(names[: NAMED - 1]), more=len(names) - NAMED + 1
        )
    return ", ".join(names) or t("compare.none")


def _together(found: Sequence[Subject], choice: Choice) -> dict[str, str] | None:
    """The sum over the sites that may be summed; None where there are fewer than two."""
    answers = [subject.answer for subject in found]
    members = portfolio_sums.members(answers)
    if len(members.counted) < 2:
        return None
    counted = [answers[i] for i in members.counted]
    rows = {
        t("columns.asset_value"): formats.won(
            sum(a.asset_value or 0.0 for a in counted), language()
        )
    }
    for quantity in ROWS:
        sums = {code: _sum(counted, quantity, code, choice) for code in SCENARIOS}
        for code, value in sums.items():
            rows[_row(quantity, SCENARIOS[code])] = figures.amount(
                value, choice.measure, language()
            )
        cells = {code: Amount(value, None, None, "ok") for code, value in sums.items()}
        rows[_row(quantity, t("compare.row_spread"))] = span(compare.spread(cells), choice.measure)
    blank = dict.fromkeys(_column(found[0], choice), formats.DASH)
    left_out = [found[i].name for i in (*members.value_unknown, *members.other_stamp)]
    blank[t("compare.row_district")] = t("compare.summed", count=len(counted)) + (
        f" ({t('compare.left_out')}: {', '.join(left_out)})" if left_out else ""
    )
    return {**blank, **rows}


def _sum(counted: Sequence[Answer], quantity: str, scenario: str, choice: Choice) -> float | None:
    total = portfolio_sums.total(counted, quantity, (scenario, choice.horizon), cache.app().perils)
    return total.rate if choice.measure == "rate" else total.loss


def _row(quantity: str, what: str) -> str:
    return f"{t(f'compare.row_of_{quantity}')} · {what}"


def span(found: compare.Spread | None, measure: Measure) -> str:
    """``min–max`` over the scenarios."""
    if found is None:
        return formats.status("not_assessed", language())
    low, high = (figures.amount(end, measure, language()) for end in (found.low, found.high))
    return f"{low} ~ {high}"


def by_peril(found: Sequence[Subject], choice: Choice) -> None:
    """A row a peril: AAL, loss and rank of each site at one scenario and horizon."""
    perils, key = cache.app().perils, (choice.scenario, choice.horizon)
    ratings = {subject.key: cache.app().ratings.of(subject.answer) for subject in found}

    def both(subject: Subject, peril: str) -> str:
        rate, loss = (
            compare.amount_of(subject.answer, peril, measure, key, perils)
            for measure in ("rate", "loss")
        )
        if rate.value is None or rate.status == "not_applicable":
            return text(rate, "rate")
        standing = ratings[subject.key].get((peril, *key), rating.UNRATED)
        parts = [text(rate, "rate"), text(loss, "loss"), *_ranks(standing)]
        return SEPARATOR.join(parts)

    names = {peril: filters.peril_name(peril) for peril in perils}
    frame = pd.DataFrame(
        {s.name: {names[peril]: both(s, peril) for peril in perils} for s in found}
    )
    of(found, *key)
    _draw(frame, t("common.peril"))


def _ranks(standing: Standing) -> list[str]:
    """Where a site stands in the country and among its peers, as far as there is a rank."""
    nation, peers = standing.national, standing.peers
    words = []
    if nation is not None:
        words.append(t("compare.national", share=formats.rank(nation.percentile)))
    if peers is not None:
        words.append(t("compare.peers", below=peers.below, count=peers.count))
    return words


def changes(
    found: Sequence[Subject], each: Sequence[Mapping[str, Sequence[Change]]], choice: Choice
) -> None:
    """Absolute and relative change by site, scenario and later horizon."""
    rows = [
        {
            t("compare.site"): subject.name,
            t("common.scenario"): SCENARIOS[code],
            **{
                filters.horizon_name(h): _changed(c, choice.measure)
                for h, c in zip(LATER, own, strict=True)
            },
        }
        for subject, by_code in zip(found, each, strict=True)
        for code, own in by_code.items()
    ]
    of(found, None, None)
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", alt=t("compare.alt_table"))


def _changed(found: Change, measure: Measure) -> str:
    if found.by_construction:
        return t("compare.same_years")
    if found.absolute is None:
        return formats.status("not_assessed", language())
    relative = t("compare.base_zero") if found.relative is None else figures.ratio(found)
    return f"{figures.signed(found.absolute, measure, language())} ({relative})"


def spreads(found: Sequence[Subject], each: Sequence[Mapping[str, Amount]], choice: Choice) -> None:
    """Least and greatest scenario of each site, and each scenario's number."""
    rows = []
    for subject, cells in zip(found, each, strict=True):
        own = compare.spread(cells)
        rows.append(
            {
                t("compare.site"): subject.name,
                t("compare.row_spread"): span(own, choice.measure),
                t("compare.lowest"): formats.DASH if own is None else SCENARIOS[own.lowest],
                t("compare.highest"): formats.DASH if own is None else SCENARIOS[own.highest],
                **{SCENARIOS[code]: text(cell, choice.measure) for code, cell in cells.items()},
            }
        )
    of(found, None, choice.horizon)
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", alt=t("compare.alt_table"))
