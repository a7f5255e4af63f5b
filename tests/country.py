"""The demonstration's country, kept between runs, as a pytest plugin: it takes a quarter of a minute."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from modelops_core.sources.demo.places import boundaries, grid
from tests.generated import generated


@pytest.fixture(scope="session", autouse=True)
def kept_country() -> Iterator[None]:
    """The fitted boundaries and the cells are those of the last run, if their sources are."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((boundaries, "_fitted"), (grid, "_cells")):
            make = getattr(module, name)
            kept = partial(generated, f"demo{name}", "modelops_core.sources.demo.places", make)
            patch.setattr(module, name, kept)
        yield
