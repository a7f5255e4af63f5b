"""Names of the input tables, once for the loader, the database status and the data page."""

from modelops_core.domain.variables import MONTHLY, YEARLY

#: what the demonstration data fill: the tables of the requirements and the coast, in an order that
#: foreign keys allow
DEMO_TABLES = (
    "location_admin",
    "place_names",
    "coastline",
    "location_grid",
    "sea_level_grid",
    *(f"{name}_data" for name in (*MONTHLY, *YEARLY)),
    "sea_level_data",
    "api_buildings",
    "api_wamis_stations",
    "api_wamis_cache",
    "api_typhoon_list",
    "api_typhoon_tracks",
)
#: every input table; one that the demonstration data do not fill is added here
INPUT_TABLES = (
    *DEMO_TABLES,
    "postcodes",
    "addresses",
    "tide_gauges",
    "tide_gauge_levels",
    "weather_stations",
    "station_years",
    "station_months",
)
