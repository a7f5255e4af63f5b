"""When a night is due."""

from __future__ import annotations

from sqlalchemy import text

from modelops_core.services.night.tiles import CODE_VERSION


def test_a_night_is_due_after_other_numbers_another_calculation_or_new_data(site_app):
    """A finished night of today's numbers, code and data is enough; any of the three, changed, is not."""
    runs, digest = site_app.runs, site_app.parameters.digest()

    assert not runs.outdated(digest, CODE_VERSION)
    assert runs.outdated(site_app.parameters.digest("low"), CODE_VERSION)
    assert runs.outdated(digest, CODE_VERSION + "0")
    with site_app.owner.begin() as connection:
        connection.execute(
            text("UPDATE modelops.data_sources SET loaded_at = now() WHERE table_name = 'ta_data'")
        )
    assert runs.outdated(digest, CODE_VERSION)
