"""Pydantic models of the API's requests and answers; OpenAPI is made from them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from modelops_core.domain import horizons
from modelops_core.domain.job import JobStatus
from modelops_core.domain.parameters import SetName
from modelops_core.domain.site import LATITUDES, LONGITUDES, NAME_LENGTH, RANGES

Latitude = Annotated[
    float,
    Field(
        ge=LATITUDES[0],
        le=LATITUDES[1],
        allow_inf_nan=False,
        description="WGS84 [°N]",
        examples=[37.5665],
    ),
]
Longitude = Annotated[
    float,
    Field(
        ge=LONGITUDES[0],
        le=LONGITUDES[1],
        allow_inf_nan=False,
        description="WGS84 [°E]",
        examples=[126.978],
    ),
]
Scenario = Literal["ssp1", "ssp2", "ssp3", "ssp5"]
HorizonKey = Literal["baseline", "2030s", "2050s", "2070s", "2090s"]
#: a peril's key; which ones there are is the registry's matter
PerilKey = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(examples=["extreme_heat"])
]
#: printable text as a register writes it
Text = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
RiverName = Annotated[
    str, StringConstraints(max_length=NAME_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$")
]
DEFAULT_SCENARIO: Scenario = "ssp2"
DEFAULT_HORIZON: HorizonKey = "2050s"
assert (DEFAULT_SCENARIO, DEFAULT_HORIZON) == (horizons.DEFAULT_SCENARIO, horizons.DEFAULT_HORIZON)


def _number(name: str, description: str) -> Any:
    low, high, unit = RANGES[name]
    return Field(
        default=None,
        ge=low,
        le=high,
        allow_inf_nan=False,
        description=f"{description} [{unit or 'number'}]",
    )


class Corrections(BaseModel):
    """What the caller knows better than the register; fields left out stay as found."""

    model_config = ConfigDict(extra="forbid")

    asset_value: float | None = _number("asset_value", "Value of building and contents")
    structure: Text | None = Field(
        default=None, description="As registered, or RC, SRC, steel, masonry, timber, light"
    )
    purpose: Text | None = Field(
        default=None, description="As registered, or office, retail, factory …"
    )
    built_year: float | None = _number("built_year", "Year of completion")
    floors_above: float | None = _number("floors_above", "Above ground")
    floors_below: float | None = _number("floors_below", "Below ground")
    total_area: float | None = _number("total_area", "Total floor area")
    value_basis: Literal["replacement", "depreciated", "standard_price"] | None = Field(
        default=None,
        description="What a value that is not given is estimated as: cost of building anew, "
        "the same less age, or the tax office's price",
    )
    location_index: float | None = _number("location_index", "Location index of the standard price")
    elevation_m: float | None = _number("elevation_m", "Ground above mean sea level")
    coast_distance_m: float | None = _number("coast_distance_m", "Distance to the coast")
    river_distance_m: float | None = _number("river_distance_m", "Distance to the river")
    river_class: Literal["local", "national", "national_key"] | None = None
    river_name: RiverName | None = Field(
        default=None,
        description="A flow gauge of this river near the site drives its flood",
        examples=["한강"],
    )
    hand_m: float | None = _number("hand_m", "Height above the river's bank")
    forest_distance_m: float | None = _number("forest_distance_m", "Distance to forest")
    urban_share: float | None = _number("urban_share", "Urban share of the surroundings")
    impervious: float | None = _number("impervious", "Impervious share of the surroundings")
    depression: bool | None = Field(default=None, description="Whether the site lies in a hollow")


class Calculate(BaseModel):
    """One site to assess."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "latitude": 37.5665,
                    "longitude": 126.9780,
                    "risk_types": ["extreme_heat", "river_flood"],
                },
                {
                    "latitude": 35.1796,
                    "longitude": 129.0756,
                    "corrections": {"asset_value": 1.0e10, "built_year": 1998},
                },
            ]
        },
    )

    latitude: Latitude
    longitude: Longitude
    risk_types: list[PerilKey] | None = Field(
        default=None, max_length=50, description="All where left out"
    )
    corrections: Corrections | None = None

    @field_validator("risk_types")
    @classmethod
    def _each_once(cls, named: list[str] | None) -> list[str] | None:
        """A peril that is named twice counts once."""
        return None if named is None else list(dict.fromkeys(named))

    parameter_set: SetName = Field(
        default="central", description="Low, central, high, or a named sensitivity"
    )


class Accepted(BaseModel):
    """A job was queued, or the same request waits or runs already."""

    request_id: str = Field(examples=["550e8400-e29b-41d4-a716-446655440000"])
    status: JobStatus = Field(examples=["queued"])
    websocket_url: str = Field(
        examples=[
            "ws://127.0.0.1:8501/api/v1/risk-assessment/ws/550e8400-e29b-41d4-a716-446655440000"
        ]
    )


class JobProgress(BaseModel):
    """How far a job is."""

    request_id: str = Field(examples=["550e8400-e29b-41d4-a716-446655440000"])
    status: JobStatus = Field(examples=["running"])
    progress: int = Field(ge=0, le=100, examples=[50])
    current_step: str | None = Field(examples=["Calculating E for extreme_heat"])
    error: str | None = Field(default=None, description="Why it failed, in English")
    error_code: str | None = Field(
        default=None, description="Which error it was", examples=["too_long"]
    )
    error_values: dict[str, Any] | None = Field(
        default=None, description="What the error says of the case", examples=[{"seconds": 3600}]
    )


class JobLine(JobProgress):
    """One job of the list."""

    job_type: str = Field(examples=["ondemand_risk_calculation"])
    input_params: dict[str, Any]
    worker: str | None
    attempts: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    retry_of: str | None = Field(description="The job that this one repeats")
    cancel_requested: bool
    durations: dict[str, float] | None = Field(description="Seconds by kind of step, and total")


class JobPage(BaseModel):
    """Jobs, the latest first."""

    jobs: list[JobLine]
    next: str | None = Field(description="Cursor of the next page; null on the last")


class Job(JobLine):
    """One job with what it gave."""

    results: dict[str, Any] | None
    logs: list[dict[str, Any]] | None = Field(description="Steps with their times")


class SiteResults(BaseModel):
    """Stored results of a site in one scenario and horizon, by peril."""

    latitude: float = Field(examples=[37.5665])
    longitude: float = Field(examples=[126.978])
    scenario: Scenario
    horizon: HorizonKey
    exposure: dict[str, dict[str, Any]] = Field(
        examples=[{"extreme_heat": {"exposure_score": 0.68, "status": "ok"}}]
    )
    vulnerability: dict[str, dict[str, Any]] = Field(
        examples=[{"extreme_heat": {"vulnerability_score": 0.55, "status": "ok"}}]
    )
    aal_scaled: dict[str, dict[str, Any]] = Field(
        examples=[{"extreme_heat": {"final_aal": 0.127, "status": "ok"}}]
    )


class Rated(BaseModel):
    """Where one result stands now; null where there is no number or nothing to compare with."""

    national_percentile: float | None = Field(
        description="Share of the country's cells whose base AAL is below the site's cell's [%]",
        examples=[82.4],
    )
    national_cells: int | None = Field(description="Cells compared with", examples=[1231])
    peers_below: int | None = Field(description="Peers whose AAL is lower", examples=[3])
    peers: int | None = Field(
        description="Other stored assessments of the same use in the same district", examples=[7]
    )


class Rating(BaseModel):
    """Ranks of an assessment in one scenario and horizon, by peril."""

    request_id: str
    scenario: Scenario
    horizon: HorizonKey
    perils: dict[str, Rated]


class Live(BaseModel):
    """The process answers."""

    status: Literal["healthy"]
    timestamp: datetime


class Ready(BaseModel):
    """Whether the program can be used, and why not or only for reading."""

    status: Literal["ready", "not ready"]
    timestamp: datetime
    reasons: list[str]


class DatabaseHealth(BaseModel):
    """The database and what it holds."""

    status: Literal["healthy", "unhealthy"]
    database: Literal["connected", "disconnected"]
    timestamp: datetime
    reason: str | None = None
    postgresql: str | None = None
    postgis: str | None = None
    migrations: str | None = None
    datasets: int | None = None
    data_loaded_at: datetime | None = None
    data_age_days: float | None = None
    last_night_at: datetime | None = None
    last_night_age_hours: float | None = None
    disk_free_bytes: int | None = Field(default=None, description="Of the private cluster's disk")
    jobs_queued: int | None = None
    jobs_running: int | None = None
