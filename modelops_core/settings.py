"""Reads the settings from the environment; no other module does."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE = Path(__file__).resolve().parent
#: where a wheel carries app.py, pages/ and sql/ (scripts/wheel_files.py); absent in the source tree
SHIPPED = PACKAGE / "shipped"
#: the folder of app.py, pages/ and sql/
FILES = SHIPPED if SHIPPED.is_dir() else PACKAGE.parent
#: the folder of .env and var/: the source tree, or for a wheel the one in which a command starts
HOME = Path.cwd() if SHIPPED.is_dir() else PACKAGE.parent


class Settings(BaseSettings):
    """
    What an administrator may set, as environment variables or in ``.env``.

    Without DATABASE_URL the program keeps a private PostgreSQL cluster in ``var/``.
    """

    model_config = SettingsConfigDict(env_file=HOME / ".env", extra="ignore", frozen=True)

    #: SQLAlchemy URL of the owner (migrates, loads)
    database_url: str | None = None
    #: of the worker (writes results); the owner's with SET ROLE where not given
    database_worker_url: str | None = None
    #: of the dashboard (reads), perhaps a replica
    database_read_url: str | None = None
    #: where the private cluster, locks and logs live
    var: Path = Field(default=HOME / "var", validation_alias="MODELOPS_VAR")
    #: folders with more perils, separated by the system's path separator
    peril_path: str = Field(default="", validation_alias="MODELOPS_PERILS")
    #: a folder of this machine whose files the page *Data* may load; none where not given
    load_folder: Path | None = Field(default=None, validation_alias="MODELOPS_LOAD_FOLDER")
    #: whether services of providers may be asked over the network (`modelops fetch`); their keys
    live: bool = Field(default=False, validation_alias="MODELOPS_LIVE")
    wamis_key: SecretStr = Field(default=SecretStr(""), validation_alias="MODELOPS_WAMIS_KEY")
    kma_key: SecretStr = Field(default=SecretStr(""), validation_alias="MODELOPS_KMA_KEY")
    data_go_kr_key: SecretStr = Field(
        default=SecretStr(""), validation_alias="MODELOPS_DATA_GO_KR_KEY"
    )
    #: processes of a nightly run; 0 = one a core
    processes: int = Field(default=0, ge=0, le=256, validation_alias="MODELOPS_PROCESSES")
    #: cells of a tile: the unit of memory and of a transaction
    tile_cells: int = Field(default=160, ge=1, le=10_000, validation_alias="MODELOPS_TILE_CELLS")
    #: assessments calculated at once by the dashboard's own worker
    job_threads: int = Field(default=2, ge=1, le=32, validation_alias="MODELOPS_JOB_THREADS")
    #: whether these run in a process of their own, so that pages and jobs do not hold each other up
    job_process: bool = Field(default=True, validation_alias="MODELOPS_JOB_PROCESS")
    #: jobs that may wait; more are refused until some have begun
    queue_limit: int = Field(
        default=1000, ge=1, le=1_000_000, validation_alias="MODELOPS_QUEUE_LIMIT"
    )
    #: of these, jobs of one owner (an API key or a person); those of nobody count for all only
    owner_limit: int = Field(
        default=500, ge=1, le=1_000_000, validation_alias="MODELOPS_OWNER_LIMIT"
    )
    #: seconds that a job may take, and a nightly run
    job_timeout: int = Field(default=3600, ge=1, validation_alias="MODELOPS_JOB_TIMEOUT")
    night_timeout: int = Field(default=4 * 3600, ge=1, validation_alias="MODELOPS_NIGHT_TIMEOUT")
    #: days that ended jobs are kept; 0 = for ever
    job_days: int = Field(default=90, ge=0, le=36_500, validation_alias="MODELOPS_JOB_DAYS")
    #: whether workers queue the nightly run of each day; off where cron or systemd do
    night_schedule: bool = Field(default=True, validation_alias="MODELOPS_NIGHT_SCHEDULE")
    #: what hears of a failed nightly run: a command, or an http address of this machine or network
    night_hook: str = Field(default="", validation_alias="MODELOPS_NIGHT_HOOK")
    #: who needs an API key: auto: callers from other machines; on: everybody; off: nobody
    #: (where a gateway in front checks, or a container's port is open to this machine only)
    access: Literal["auto", "on", "off"] = Field(default="auto", validation_alias="MODELOPS_ACCESS")
    #: names under which the server may be called, besides this machine's own; by commas, * = any
    hosts: str = Field(default="", validation_alias="MODELOPS_HOSTS")
    #: origins of other sites whose pages may call the API; by commas
    cors_origins: str = Field(default="", validation_alias="MODELOPS_CORS_ORIGINS")
    #: requests a minute of one caller who needs a key
    rate_per_minute: int = Field(default=1200, ge=1, validation_alias="MODELOPS_RATE_PER_MINUTE")
    #: bytes that the body of a request may have
    body_limit: int = Field(default=65_536, ge=1024, validation_alias="MODELOPS_BODY_LIMIT")
    #: bytes that the file of a portfolio may have
    upload_limit: int = Field(
        default=64 * 1024**2, ge=1024, validation_alias="MODELOPS_UPLOAD_LIMIT"
    )
    #: WebSockets that may be open at once
    sockets: int = Field(default=1000, ge=1, validation_alias="MODELOPS_SOCKETS")
    #: seconds between "not ready" and the end of listening when the server is asked to stop
    drain_seconds: float = Field(default=0.5, ge=0, le=300, validation_alias="MODELOPS_DRAIN")
    #: whether pages ask readers to sign in (OpenID Connect, see docs/access.md), and who they are:
    #: addresses, domains (@example.kr) or * for everybody whom the provider signs in; by commas
    login: bool = Field(default=False, validation_alias="MODELOPS_LOGIN")
    readers: str = Field(default="", validation_alias="MODELOPS_READERS")
    analysts: str = Field(default="", validation_alias="MODELOPS_ANALYSTS")
    admins: str = Field(default="", validation_alias="MODELOPS_ADMINS")
    #: teams that share sites: name=address,@domain;name=…
    teams: str = Field(default="", validation_alias="MODELOPS_TEAMS")
    #: hours after which a person signs in again
    login_hours: float = Field(default=12, gt=0, le=720, validation_alias="MODELOPS_LOGIN_HOURS")
    #: whether an address counts whose provider does not say whether it is verified
    trust_email: bool = Field(default=False, validation_alias="MODELOPS_TRUST_EMAIL")
    #: the provider's discovery document, this program's registration there, the address under
    #: which it is called, and the secret that signs its cookies (32 characters or more)
    oidc_metadata_url: str = Field(default="", validation_alias="MODELOPS_OIDC_METADATA_URL")
    oidc_client_id: str = Field(default="", validation_alias="MODELOPS_OIDC_CLIENT_ID")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), validation_alias="MODELOPS_OIDC_CLIENT_SECRET"
    )
    public_url: str = Field(default="", validation_alias="MODELOPS_PUBLIC_URL")
    cookie_secret: SecretStr = Field(
        default=SecretStr(""), validation_alias="MODELOPS_COOKIE_SECRET"
    )
