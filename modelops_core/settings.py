"""The only reader of the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """
    What an administrator may set, as environment variables or in ``.env``.

    Without DATABASE_URL the program keeps a private PostgreSQL cluster in ``var/``.
    """

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore", frozen=True)

    #: SQLAlchemy URL of the owner (migrates, loads)
    database_url: str | None = None
    #: of the worker (writes results); the owner's with SET ROLE where not given
    database_worker_url: str | None = None
    #: of the dashboard (reads), perhaps a replica
    database_read_url: str | None = None
    #: where the private cluster, locks and logs live
    var: Path = Field(default=ROOT / "var", validation_alias="MODELOPS_VAR")
    #: folders with more perils, separated by the system's path separator
    peril_path: str = Field(default="", validation_alias="MODELOPS_PERILS")
    #: processes of a night; 0 = one a core
    processes: int = Field(default=0, ge=0, le=256, validation_alias="MODELOPS_PROCESSES")
    #: cells of a tile: the unit of memory and of a transaction
    tile_cells: int = Field(default=160, ge=1, le=10_000, validation_alias="MODELOPS_TILE_CELLS")
    #: assessments calculated at once by the dashboard's own worker
    job_threads: int = Field(default=2, ge=1, le=32, validation_alias="MODELOPS_JOB_THREADS")
