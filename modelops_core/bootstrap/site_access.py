"""The use cases of saved sites: each begins with the caller's right and ends in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelops_core.db.access.audit import Audit
from modelops_core.db.results.portfolios import Portfolios
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.saved_site import Audience, SavedSite
from modelops_core.ports import Row


@dataclass(frozen=True)
class SiteAccess:
    """Saved sites as a caller sees and changes them; raises NotAllowed where they may not."""

    store: Portfolios
    audit: Audit

    def places(self, caller: Caller) -> list[SavedSite]:
        """The caller's sites and those shared with them, without their answers."""
        caller.require(UseCase.look)
        return self.store.places(caller=caller)

    def history(self, latitude: float, longitude: float, limit: int, caller: Caller) -> list[Row]:
        """Completed assessments of a place that the caller sees: ``batch_id``, ``completed_at``."""
        caller.require(UseCase.look)
        return self.store.history(latitude, longitude, limit, caller)

    def save(
        self,
        caller: Caller,
        name: str,
        latitude: float,
        longitude: float,
        attributes: Mapping[str, Any] | None = None,
        batch_id: str | None = None,
        note: str | None = None,
    ) -> int:
        """Save a site as the caller's and return its id; raises InvalidInput for wrong values."""
        caller.require(UseCase.save_site)
        site_id = self.store.save(
            name, latitude, longitude, attributes, batch_id, note, caller=caller
        )
        self._note(caller, "save site", site_id, name=name)
        return site_id

    def change(self, caller: Caller, site_id: int, **values: str | None) -> None:
        """Change ``name``, ``note`` or ``batch_id`` of a site; None leaves one as it is."""
        caller.require(UseCase.change_site)
        self.store.change(site_id, caller=caller, **values)  # type: ignore[arg-type]
        self._note(caller, "change site", site_id, **values)

    def share(self, caller: Caller, site_id: int, audience: Audience) -> None:
        """
        Choose who sees a site besides its owner: nobody, the owner's team, or all.

        Raises InvalidInput where the owner has no team.
        """
        caller.require(UseCase.share_site)
        self.store.change(site_id, audience=audience, caller=caller)
        self._note(caller, "share site", site_id, audience=audience)

    def remove(self, caller: Caller, site_id: int) -> None:
        """Forget a site."""
        caller.require(UseCase.remove_site)
        self.store.remove(site_id, caller)
        self._note(caller, "remove site", site_id)

    def restore(self, caller: Caller, site: SavedSite) -> int:
        """Undo that a site was removed and return its new id; it stays its owner's."""
        caller.require(UseCase.remove_site)
        site_id = self.store.restore(site, caller=caller)
        self._note(caller, "restore site", site_id, name=site.name, owner=site.owner)
        return site_id

    def _note(self, caller: Caller, action: str, site_id: int, **detail: object) -> None:
        given = {name: value for name, value in detail.items() if value is not None}
        self.audit.note(caller.name, action, f"site {site_id}", caller.address, **given)
