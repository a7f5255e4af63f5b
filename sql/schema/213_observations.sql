-- Observations of tide gauges and weather stations: what models are compared with, and no series of the calculation.

CREATE TABLE IF NOT EXISTS modelops.tide_gauges (
    gauge_id   text PRIMARY KEY,                   -- PSMSL number
    name       text,
    latitude   double precision NOT NULL CHECK (latitude BETWEEN 32 AND 44),
    longitude  double precision NOT NULL CHECK (longitude BETWEEN 123 AND 133)
);
-- Yearly mean sea level as a difference: gauges stand on datums of their own, some 7 m below the water.
CREATE TABLE IF NOT EXISTS modelops.tide_gauge_levels (
    gauge_id   text NOT NULL REFERENCES modelops.tide_gauges ON DELETE CASCADE,
    year       smallint NOT NULL,
    change_cm  real,                               -- above the mean of the gauge's own known years; NULL = unknown
    PRIMARY KEY (gauge_id, year)
);

CREATE TABLE IF NOT EXISTS modelops.weather_stations (
    station_id   integer PRIMARY KEY,              -- KMA number
    name         text,
    latitude     double precision NOT NULL CHECK (latitude BETWEEN 32 AND 44),
    longitude    double precision NOT NULL CHECK (longitude BETWEEN 123 AND 133),
    elevation_m  real
);
-- Of daily rain, by the definitions of xclim: a wet day has 1 mm or more, spells are counted within the year.
CREATE TABLE IF NOT EXISTS modelops.station_years (
    station_id  integer NOT NULL REFERENCES modelops.weather_stations ON DELETE CASCADE,
    year        smallint NOT NULL,
    days        smallint NOT NULL,                 -- with a known amount; the rest is NULL unless all of the year are
    rn          real,                              -- mm a year
    rx1day      real,                              -- mm
    rx5day      real,                              -- mm
    cdd         smallint,                          -- longest spell of dry days
    cwd         smallint,                          -- longest spell of wet days
    rain80      smallint,                          -- days of at least 80 mm
    sdii        real,                              -- mm a wet day
    spei12_min  real,                              -- the year's driest SPEI-12, from rain at usual evapotranspiration
    PRIMARY KEY (station_id, year)
);
CREATE TABLE IF NOT EXISTS modelops.station_months (
    station_id        integer NOT NULL REFERENCES modelops.weather_stations ON DELETE CASCADE,
    observation_date  date NOT NULL,               -- first day of the month
    rn                real,                        -- mm, NULL unless all days are known
    spei12            real,
    PRIMARY KEY (station_id, observation_date)
);
