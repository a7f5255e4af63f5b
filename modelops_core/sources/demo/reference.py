"""The small published tables that ship with the program, each with its source line."""

from __future__ import annotations

from typing import Any

import pandas as pd

from modelops_core import data
from modelops_core.errors import SourceUnreadable


def table(name: str, **options: Any) -> pd.DataFrame:
    """Reference table *name* (without ``.csv``); *options* go to ``pandas.read_csv``."""
    try:
        frame = data.reference(name, **options)
    except (OSError, ValueError) as error:
        raise SourceUnreadable("file_unreadable", file=f"{name}.csv", why=error) from None
    if frame.empty:
        raise SourceUnreadable("table_empty", file=f"{name}.csv")
    return frame


def districts() -> pd.DataFrame:
    """The 252 districts of June 2024: ``sgg_cd`` (index), names, province, registered persons."""
    frame = table("sigungu_population_2024", dtype={"sgg_cd": str, "sido_cd": str})
    return frame.set_index("sgg_cd").sort_index()
