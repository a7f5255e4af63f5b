"""The small published tables that ship with the program, each with its source line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from modelops_core.errors import SourceUnreadable

FOLDER = Path(__file__).parents[2] / "data" / "reference"


def table(name: str, **options: Any) -> pd.DataFrame:
    """Reference table *name* (without ``.csv``); *options* go to ``pandas.read_csv``."""
    path = FOLDER / f"{name}.csv"
    try:
        frame: pd.DataFrame = pd.read_csv(path, comment="#", **options)
    except (OSError, ValueError) as error:
        raise SourceUnreadable("file_unreadable", file=path, reason=error) from None
    if frame.empty:
        raise SourceUnreadable("table_empty", file=path)
    return frame


def districts() -> pd.DataFrame:
    """The 252 districts of June 2024: ``sgg_cd`` (index), names, province, registered population."""
    frame = table("sigungu_population_2024", dtype={"sgg_cd": str, "sido_cd": str})
    return frame.set_index("sgg_cd").sort_index()
