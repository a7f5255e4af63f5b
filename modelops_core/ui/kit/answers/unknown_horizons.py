"""Which horizons of a chart have no number, or a sum of fewer perils than the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from modelops_core.domain.horizons import HORIZONS
from modelops_core.services.portfolio.compare import Amount
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.i18n import language, t


def draw_missing_note(
    comparable_cells: Mapping[str, Sequence[Amount]], all_cells: Mapping[str, Sequence[Amount]]
) -> None:
    """
    Draw a caption naming the horizons without a number, and those whose sum lacks perils.

    *all_cells* are the amounts of each scenario by horizon, *comparable_cells* the same without
    the sums that lack a peril of another one.
    """
    without, partial = [], []
    for i, key in enumerate(HORIZONS):
        if all(own[i].value is None for own in all_cells.values()):
            without.append(formats.horizon(key, language()))
        elif any(own[i].value is None for own in comparable_cells.values()):
            partial.append(formats.horizon(key, language()))
    for name, horizons in (("compare.without", without), ("compare.partial", partial)):
        if horizons:
            st.caption(t(name, horizons=", ".join(horizons)))
