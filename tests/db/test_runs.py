"""When a nightly run is due."""

from __future__ import annotations

from sqlalchemy import text

from modelops_core.services.night.code_version import code_version


def test_a_night_is_due_after_other_numbers_another_calculation_or_new_data(site_app):
    """A finished nightly run of today's numbers, code and data is enough; any of the three, changed, is not."""
    runs, digest = site_app.runs, site_app.parameters.digest()
    code = code_version(site_app.perils)

    assert not runs.outdated(digest, code)
    assert runs.outdated(site_app.parameters.digest("low"), code)
    assert runs.outdated(digest, code + "0")
    with site_app.owner.begin() as connection:
        connection.execute(
            text("UPDATE modelops.data_sources SET loaded_at = now() WHERE table_name = 'ta_data'")
        )
    assert runs.outdated(digest, code)
