"""What a subtotal lacks: perils without a number, and the value of the sites where one lacks."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import BoolArray
from modelops_core.domain.result import Status
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.texts import Say
from modelops_core.stages.totals import members


def value(material: Material, subtotal: str, combination: int) -> float:
    """Asset value [KRW] of the sites where a *subtotal* is without one of its perils or more."""
    return float(np.nansum(material.value[material.partly[subtotal][combination]]))


def share(material: Material, where: BoolArray, combination: int | None = None) -> float | None:
    """Share [%] of the value at *where* (site,) whose loss of all perils lacks a peril."""
    at = material.at if combination is None else combination
    whole, own = (
        float(np.nansum(material.value[one]))
        for one in (where, where & material.partly["grand"][at])
    )
    return 100 * own / whole if whole else None


def loss(material: Material, where: BoolArray) -> float | None:
    """Loss of all perils at *where* (site,) at the focus [KRW a year]; None: no site has one."""
    own = material.grand[material.at, where & material.counted]
    return None if np.isnan(own).all() else float(np.nansum(own))


def perils(material: Material, subtotal: str, combination: int) -> tuple[list[str], list[str]]:
    """The perils of a *subtotal* that are assessed at some site, and those that are at none."""
    status = material.status[:, combination][:, material.counted]
    somewhere = (status != Status.not_assessed).any(axis=1)
    keys, own = list(material.perils), members(list(material.perils.values()))[subtotal]
    known, lacking = ([keys[i] for i in own if somewhere[i] == found] for found in (True, False))
    return known, lacking


def counts(material: Material, subtotal: str, combination: int) -> str:
    """How many of its perils a *subtotal* is of: ``4/5``."""
    known, lacking = perils(material, subtotal, combination)
    return f"{len(known)}/{len(known) + len(lacking)}"


def notes(material: Material, say: Say) -> list[str]:
    """What the loss of all perils lacks at the focus; nothing where it lacks none."""
    part = share(material, material.counted)
    if not part:
        return []
    found = [say("note_partial", share=f"{part:.1f}")]
    known, lacking = perils(material, "grand", material.at)
    if lacking:
        names = ", ".join(say.peril(material.perils[key]) for key in lacking)
        whole = len(known) + len(lacking)
        found.append(say("note_lacking_perils", perils=names, known=len(known), whole=whole))
    return found
