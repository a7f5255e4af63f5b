"""
Draws the head of the card, its title and the three sums, as one element.

Each element of a page is a message of its own to the browser; ``frame/page.css`` gives the sums
the look of ``st.metric``.
"""

from __future__ import annotations

from html import escape

from modelops_core.domain.answer import Answer, SiteTotals
from modelops_core.services.portfolio.compare import SUBTOTALS
from modelops_core.ui.kit import cache, filters, formats
from modelops_core.ui.kit.answers.assessment import Slot
from modelops_core.ui.kit.i18n import language, t

#: the sums in their order
SUMS = ("physical_no_overlap", "operating", "grand")


def draw(slot: Slot, title: str, answer: Answer, totals: SiteTotals) -> None:
    """Draw *title* (markdown) and the sums in *slot*; one that lacks perils has a badge."""
    sums = "".join(_sum(answer, totals, key) for key in SUMS)
    parts = [title, f'<div class="sums">{sums}</div>', _lacking(answer, totals), _most(totals)]
    slot.put(
        "markdown",
        "\n\n".join(part for part in parts if part),
        unsafe_allow_html=True,
        help="\n\n".join(f"**{t(f'assess.{key}')}** — {_help(key)}" for key in SUMS),
    )


def _sum(answer: Answer, totals: SiteTotals, key: str) -> str:
    """One sum as HTML: of how many perils it is, the loss, and its share of the value."""
    loss: float | None = getattr(totals, key)
    known, whole = held(answer, totals, key)
    lines = {
        "of": t("assess.of_perils", name=t(f"assess.{key}"), known=len(known), all=len(whole)),
        "loss": formats.status("not_assessed", language())
        if loss is None
        else formats.won(loss, language()),
        # without a value losses are per the method's sum insured, as the line above says
        "share": "" if loss is None else formats.percent(100 * loss / answer.insured),
    }
    texts = "".join(f'<p class="{name}">{escape(text)}</p>' for name, text in lines.items())
    return f'<div class="sum">{texts}</div>'


def _lacking(answer: Answer, totals: SiteTotals) -> str:
    """A badge that names the perils which are in no sum."""
    known, whole = held(answer, totals, "grand")
    lacking = [filters.peril_name(peril) for peril in whole if peril not in known]
    text = t("assess.incomplete", perils=", ".join(lacking))
    return f":orange-badge[:material/warning: {text}]" if lacking else ""


def _most(totals: SiteTotals) -> str:
    """The upper bound of the physical losses."""
    if totals.physical is None:
        return ""
    return f":small[{t('assess.upper_bound', value=formats.won(totals.physical, language()))}]"


def held(answer: Answer, totals: SiteTotals, key: str) -> tuple[list[str], list[str]]:
    """Return the perils in a sum, and all that concern the place."""
    perils = cache.app().perils
    whole = [
        name
        for name, result in answer.at(*totals.key).items()
        if result.status != "not_applicable" and perils[name].kind in SUBTOTALS[key]
    ]
    return [name for name in whole if name in totals.assessed], whole


def _help(key: str) -> str:
    if key == "grand":
        return t("assess.grand_help")
    kind = {"physical_no_overlap": "physical"}.get(key, key)
    return t(f"assess.{key}_help", formula=filters.subtotal_formula(kind))
