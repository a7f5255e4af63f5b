"""
Apps over test databases, as a pytest plugin on top of ``tests.database``.

``app`` has the small world loaded, ``nightly_app`` a finished nightly run as well (made once a
session, so read only); ``make_app`` wires an App to the test's own database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from modelops_core.bootstrap import App
from modelops_core.db.cluster.private import Cluster
from modelops_core.services.night import nightly
from modelops_core.settings import Settings
from tests import world
from tests.database import Database, created


def wire(database: Database, **settings: object) -> App:
    """An App whose three roles log in to *database*; one process, so that tests stay quick."""
    return App(
        Settings(
            database_url=database.url(),
            database_worker_url=database.url("modelops_worker"),
            database_read_url=database.url("modelops_dashboard"),
            **{"MODELOPS_PROCESSES": 1, **settings},  # type: ignore[arg-type]
        )
    )


@pytest.fixture
def make_app(database: Database) -> Iterator[Callable[..., App]]:
    """Makes Apps over this test's own database, and closes them."""
    made: list[App] = []

    def make(**settings: object) -> App:
        made.append(wire(database, **settings))
        return made[-1]

    yield make
    for app in made:
        app.dispose()


@pytest.fixture
def empty_app(make_app: Callable[..., App]) -> App:
    """Migrated tables without rows."""
    return make_app()


@pytest.fixture(scope="session")
def loaded_template(cluster: Cluster, template: str) -> Iterator[str]:
    """The name of a database with the small world; connect to copies only."""
    with created(cluster, "template_world", template) as database:
        app = wire(database)
        world.fill(app.owner)
        app.dispose()
        yield database.name


@pytest.fixture
def app(cluster: Cluster, loaded_template: str) -> Iterator[App]:
    """The small world, for this test alone."""
    with created(cluster, f"test_{uuid4().hex[:12]}", loaded_template) as database:
        app = wire(database)
        yield app
        app.dispose()


@pytest.fixture(scope="session")
def nightly_app(cluster: Cluster, loaded_template: str) -> Iterator[App]:
    """The small world after a nightly run; read only."""
    with created(cluster, "world_after_a_night", loaded_template) as database:
        app = wire(database)
        nightly.run(app.nightly_ports, app.nightly_request())
        yield app
        app.dispose()


@pytest.fixture
def site_app(cluster: Cluster, nightly_app: App) -> Iterator[App]:
    """A copy of the world after a nightly run, for this test alone."""
    nightly_app.dispose()  # a template may not be in use
    with created(cluster, f"test_{uuid4().hex[:12]}", "world_after_a_night") as database:
        app = wire(database)
        yield app
        app.dispose()
