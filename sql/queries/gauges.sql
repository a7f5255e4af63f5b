-- River gauges. The index on (station, type, day) with the value answers without the table.

-- outlet_flows --
-- Each basin's lowest gauge (the largest drainage area where several are marked), year by year.
WITH outlet AS (
    SELECT DISTINCT ON (basin_code) basin_code, station_code, station_name, river_name
      FROM modelops.api_wamis_stations
     WHERE is_basin_outlet AND station_type = 'flow' AND basin_code IS NOT NULL
     ORDER BY basin_code, drainage_area_km2 DESC NULLS LAST, station_code
)
SELECT outlet.basin_code, outlet.station_code, outlet.station_name, outlet.river_name,
       by_year.year, by_year.days, by_year.mean, by_year.median, by_year.maximum
  FROM outlet
 CROSS JOIN LATERAL (
       SELECT extract(year FROM c.observation_date)::int AS year, count(*) AS days,
              avg(c.value::float8) AS mean, max(c.value)::float8 AS maximum,
              percentile_cont(0.5) WITHIN GROUP (ORDER BY c.value::float8) AS median
         FROM modelops.api_wamis_cache AS c
        WHERE c.station_code = outlet.station_code AND c.data_type = 'flow'
          AND c.value >= 0 AND c.value < 'Infinity'
        GROUP BY 1) AS by_year
 ORDER BY outlet.basin_code, by_year.year;

-- gauges_near_points --
-- Flow gauges within a distance [m] of each point, point by point and the nearest first.
WITH point AS MATERIALIZED (
    SELECT i, ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 5179) AS here
      FROM unnest(CAST(:latitude AS float8[]), CAST(:longitude AS float8[]))
           WITH ORDINALITY AS given (latitude, longitude, i)
)
SELECT i, s.station_code, s.river_name, s.geom_5179 <-> here AS distance_m
  FROM point
  JOIN modelops.api_wamis_stations AS s
    ON s.station_type = 'flow' AND ST_DWithin(s.geom_5179, here, :within)
 ORDER BY i, distance_m, s.station_code;

-- gauge_flows --
-- The record of some gauges, year by year; a gauge without values has one row without a year.
SELECT s.station_code, s.station_name, s.river_name, by_year.year, by_year.days, by_year.mean, by_year.median, by_year.maximum
  FROM modelops.api_wamis_stations AS s
  LEFT JOIN LATERAL (
       SELECT extract(year FROM c.observation_date)::int AS year, count(*) AS days,
              avg(c.value::float8) AS mean, max(c.value)::float8 AS maximum,
              percentile_cont(0.5) WITHIN GROUP (ORDER BY c.value::float8) AS median
         FROM modelops.api_wamis_cache AS c
        WHERE c.station_code = s.station_code AND c.data_type = 'flow'
          AND c.value >= 0 AND c.value < 'Infinity'
        GROUP BY 1) AS by_year ON true
 WHERE s.station_code = ANY(:codes)
 ORDER BY s.station_code, by_year.year;

-- gauge_kind --
-- Of the gauges' data sets: synthetic where any is, else the weaker kind of the flows; none where unregistered.
SELECT CASE WHEN bool_or(kind = 'synthetic') THEN 'synthetic'
            ELSE min(kind::text) FILTER (WHERE table_name = 'api_wamis_cache') END AS kind
  FROM modelops.data_sources
 WHERE table_name IN ('api_wamis_stations', 'api_wamis_cache');
