"""Pydantic models of the answers about portfolios; OpenAPI is made from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from modelops_core.api.models import DEFAULT_HORIZON, DEFAULT_SCENARIO, HorizonKey, Scenario


class Finding(BaseModel):
    """One cell that breaks a rule, or the file as a whole."""

    severity: Literal["error", "warning", "note"]
    code: str = Field(examples=["coordinates_exchanged"])
    sheet: str
    row: int | None = Field(examples=[3])
    cell: str = Field(examples=["B3"])
    column: str = Field(examples=["위도"])
    value: str = Field(examples=["126.978"])
    allowed: str
    proposal: str = Field(examples=["37.5665"])
    message_ko: str
    message_en: str
    fix_ko: str
    fix_en: str


class Counts(BaseModel):
    """How many sites a file has, and how many of its cells are wrong, doubtful, worth knowing."""

    sites: int = Field(examples=[2000])
    errors: int = Field(examples=[0])
    warnings: int = Field(examples=[12])
    notes: int = Field(examples=[3])


class Checked(Counts):
    """What a check found; errors first."""

    findings: list[Finding]


class Kept(Counts):
    """A portfolio was kept."""

    version_id: int = Field(examples=[1])


class RunLine(BaseModel):
    """One calculation of a version."""

    run_id: int
    batch_id: str = Field(description="Its job")
    method_version: str
    parameter_set: str
    parameter_hash: str
    as_of: int = Field(description="The year that ages count to")
    started_at: datetime
    finished_at: datetime | None = Field(description="null: running or cut off")


class PortfolioVersion(BaseModel):
    """A portfolio as it was kept; it is never changed."""

    version_id: int
    name: str
    fingerprint: str = Field(description="SHA-256 of all columns: equal files have equal ones")
    sites: int
    loans: int
    owner: str | None
    created_at: datetime
    run_id: int | None = Field(default=None, description="Of the last finished calculation")
    runs: list[RunLine] | None = Field(default=None, description="With one version only")


class PortfolioVersions(BaseModel):
    """Portfolios, the latest first."""

    portfolios: list[PortfolioVersion]


class PortfolioRun(RunLine):
    """One calculation with what it stands on."""

    version_id: int
    nightly_run_id: int | None = Field(description="Whose hazard and probabilities it reads")
    return_periods: list[int]
    summary: dict[str, Any] | None = Field(
        description="Totals, coverage, bounds, concentration and loans; null before the end"
    )


class Sums(BaseModel):
    """Sums of a run in one scenario and horizon; money in KRW, unknown is null."""

    run_id: int
    scenario: Scenario
    horizon: HorizonKey
    sums: list[dict[str, Any]] = Field(
        examples=[
            [
                {
                    "dimension": "all",
                    "key": "",
                    "quantity": "grand",
                    "loss": 1.2e9,
                    "rate": 0.08,
                    "coverage": 0.93,
                    "partly_assessed_value": 3.1e9,
                    "loss_p05": 0.7e9,
                    "loss_p95": 2.4e9,
                    "interval_loss": 1.1e9,
                }
            ]
        ]
    )


class SitePage(BaseModel):
    """Sites in one scenario and horizon; money in KRW, AAL in % a year, unknown is null."""

    run_id: int
    scenario: Scenario
    horizon: HorizonKey
    sites: list[dict[str, Any]] = Field(
        examples=[
            [
                {
                    "site_id": "0001",
                    "river_flood_status": "ok",
                    "river_flood_final_aal": 0.021,
                    "river_flood_loss": 2.1e6,
                    "grand_loss": 9.7e6,
                }
            ]
        ]
    )
    next: int | None = Field(description="Where the next page begins; null on the last")


#: what stands in a line of a report
LINE = r"^[^\x00-\x1f\x7f]*$"
Note = Annotated[
    str,
    Field(max_length=500, pattern=LINE, description="One line", examples=["2027년 반기 공시 초안"]),
]


REPORT_EXAMPLE: dict[str, JsonValue] = {
    "lens": "loss_rate",
    "threshold": 0.2,
    "scenario": "ssp5",
    "horizon": "2050s",
    "reporting_date": "2027-12-31",
    "entity": "한국은행연합",
    "note": "2027년 반기 공시 초안",
}


class ReportSettings(BaseModel):
    """What a report is of; what is left out is as the lenses and the page have it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [REPORT_EXAMPLE]})

    language: Literal["ko", "en"] = "ko"
    lens: Literal["", "zone", "loss_rate", "rare_loss"] = Field(
        default="", description="Of the vulnerable amounts; left out: that of the set of lenses"
    )
    threshold: float | None = Field(
        default=None, ge=0, le=1e6, description="Of the lens; left out: that of the set"
    )
    scenario: Scenario = DEFAULT_SCENARIO
    horizon: HorizonKey = DEFAULT_HORIZON
    unit: Literal["million", "eok"] = Field(
        default="million", description="₩ million, ₩ 100 million"
    )
    reporting_date: date | None = Field(
        default=None, description="Today where left out", examples=["2027-12-31"]
    )
    entity: str = Field(
        default="", max_length=200, pattern=LINE, description="Who reports; the portfolio's name"
    )
    equity: float | None = Field(default=None, gt=0, le=1e18, description="Of the entity [KRW]")
    former_run_id: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Calculation of the former report"
    )
    note: Note = ""


class Signature(BaseModel):
    """What the second person says."""

    model_config = ConfigDict(extra="forbid")

    note: Note = ""


class Report(BaseModel):
    """One version of a run's report; it never changes but that it is signed, once."""

    run_id: int
    number: int = Field(examples=[1])
    settings: dict[str, Any]
    former_run_id: int | None
    method_version: str
    content_hash: str = Field(description="SHA-256 of all rows of its tables, as its T16 prints it")
    failed: list[str] = Field(description="Control totals that do not add up", examples=[[]])
    made_by: str = Field(examples=["analyst@example.kr"])
    made_person: str | None = Field(description="null: nobody signed in, nobody can sign it")
    made_at: datetime
    note: str
    signed_by: str | None = Field(description="null: not signed", examples=["head@example.kr"])
    signed_at: datetime | None
    signed_note: str | None


class Reports(BaseModel):
    """Versions, the latest first."""

    reports: list[Report]
