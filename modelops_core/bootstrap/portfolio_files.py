"""Portfolios as files: read, checked against the loaded places, corrected and checked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelops_core.domain.portfolio.choices import Choices
from modelops_core.errors import ClusterUnavailable, DatabaseUnavailable, NoResults, SchemaOutdated
from modelops_core.ports import PortfolioPlaces
from modelops_core.services.portfolio import validation
from modelops_core.services.portfolio.validation import Validated
from modelops_core.sources.portfolio import blank, draft, listing
from modelops_core.sources.portfolio.draft import Draft, Edit

#: with what pages hold a file that is being corrected
__all__ = ("Draft", "Edit", "PortfolioFiles")


@dataclass(frozen=True, slots=True)
class PortfolioFiles:
    """What pages, API and command line do with a portfolio's file; *unit_cost* is in KRW/m²."""

    places: Callable[[], PortfolioPlaces]
    unit_cost: float

    def read(self, paths: Sequence[Path], choices: Choices) -> Draft:
        """The files as they are written; raises SourceUnreadable where they hold no portfolio."""
        return draft.read(paths, choices)

    def check(self, found: Draft, choices: Choices) -> Validated:
        """What is wrong with it, and the portfolio where no error is left."""
        tables, problems = draft.tables(found, choices)
        places, unchecked = self._places()
        return validation.validate(
            found.name, tables, problems, choices, places, self.unit_cost, unchecked
        )

    def list_findings(self, path: Path, found: Validated) -> None:
        """Write all that was found into a CSV."""
        listing.write(path, found.problems)

    def template(self, path: Path) -> None:
        """Write the template with examples: XLSX, or CSV of the sites where the name says so."""
        blank.write(path)

    def _places(self) -> tuple[PortfolioPlaces | None, str]:
        """The loaded places; else None, and the code of what is said of that."""
        try:
            places = self.places()
            return (places if places.district_names() else None), "places_unloaded"
        except NoResults:
            return None, "places_unloaded"
        except SchemaOutdated:
            return None, "places_unprepared"
        except (DatabaseUnavailable, ClusterUnavailable):
            return None, "places_unchecked"
