"""Shipped tables, each with its source."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent
#: libyaml reads ten times faster than Python; PyYAML's wheels bring it, its source need not
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parameters() -> dict[str, Any]:
    """The content of ``parameters.yaml``."""
    return _read("parameters.yaml")


@lru_cache(maxsize=1)
def korean_of_parameters() -> Mapping[str, Mapping[str, str]]:
    """Korean *units* by their English and *notes* by the number, ``parameter_words_ko.toml``."""
    return tomllib.loads((FOLDER / "parameter_words_ko.toml").read_text("utf-8"))


def worked_examples() -> dict[str, str]:
    """An example of the calculation by peril, ``worked_examples.yaml``."""
    return _read("worked_examples.yaml")


def reference(name: str, **options: Any) -> pd.DataFrame:
    """The published table ``reference/name.csv``; *options* go to ``pandas.read_csv``."""
    # imported here: commands that read no such table start faster
    import pandas as pd

    found: pd.DataFrame = pd.read_csv(FOLDER / "reference" / f"{name}.csv", comment="#", **options)
    return found


def rows(name: str) -> list[dict[str, str]]:
    """The table ``reference/name.csv`` as texts by column, without pandas."""
    text = (FOLDER / "reference" / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load((FOLDER / name).read_text("utf-8"), Loader=LOADER)
    return content
