-- What the input tables say of each other: sums, keys that lead nowhere, twins, observations beside models. One row each;
-- :ids restricts to some cells, NULL = all.

-- orphans --
-- Rows whose key leads nowhere, in tables that no foreign key watches, and parents without children.
SELECT EXISTS (SELECT FROM modelops.location_grid) OR EXISTS (SELECT FROM modelops.api_typhoon_list) AS any_rows,
       (SELECT count(*) FROM modelops.location_grid AS g
         WHERE admin_code IS NOT NULL
           AND NOT EXISTS (SELECT FROM modelops.location_admin AS a WHERE a.admin_code = g.admin_code)) AS cells,
       (SELECT count(*) FROM modelops.location_admin AS a
         WHERE parent_code IS NOT NULL
           AND NOT EXISTS (SELECT FROM modelops.location_admin AS p WHERE p.admin_code = a.parent_code)) AS districts,
       (SELECT count(*) FROM modelops.api_typhoon_list AS l
         WHERE NOT EXISTS (SELECT FROM modelops.api_typhoon_tracks AS t WHERE t.storm_id = l.storm_id)) AS storms,
       (SELECT count(*) FROM modelops.sea_level_grid AS n
         WHERE NOT EXISTS (SELECT FROM modelops.sea_level_data AS d WHERE d.grid_id = n.grid_id)) AS nodes;

-- population_sums --
-- Persons of 2025 by level, and provinces whose districts add up to another number.
WITH level AS (
    SELECT sum(population_2025) FILTER (WHERE level = 'sido') AS provinces,
           sum(population_2025) FILTER (WHERE level = 'sigungu') AS districts
      FROM modelops.location_admin
), province AS (
    SELECT p.admin_code
      FROM modelops.location_admin AS p
      JOIN modelops.location_admin AS d ON d.parent_code = p.admin_code AND d.level = 'sigungu'
     WHERE p.level = 'sido' AND p.population_2025 IS NOT NULL
     GROUP BY p.admin_code, p.population_2025
    HAVING abs(sum(d.population_2025) - p.population_2025) > 0.001 * p.population_2025
)
SELECT level.provinces, level.districts, (SELECT count(*) FROM province) AS differing FROM level;

-- building_twins --
-- Buildings, entries whose register key stands twice, and rows beyond the first that are alike in place, use and areas.
-- Groups are counted by hash: a DISTINCT of text and of rows sorts them all.
SELECT (SELECT count(*) FROM modelops.api_buildings) AS buildings,
       (SELECT coalesce(sum(same - 1), 0)::bigint
          FROM (SELECT count(*) AS same FROM modelops.api_buildings
                 WHERE register_pk IS NOT NULL GROUP BY register_pk) AS key) AS keys,
       (SELECT coalesce(sum(same - 1), 0)::bigint
          FROM (SELECT count(*) AS same FROM modelops.api_buildings
                 GROUP BY latitude, longitude, main_purpose, total_area, arch_area, built_year) AS twin) AS alike;

-- rain_spread --
-- Median over cells of the coefficient of variation of yearly one-day maxima up to :last, and that of the stations.
WITH cell AS (
    SELECT stddev_samp(nullif(ssp2, 'NaN')) / nullif(avg(nullif(ssp2, 'NaN')), 0) AS spread
      FROM modelops.rx1day_data
     WHERE year <= :last AND (CAST(:ids AS integer[]) IS NULL OR grid_id = ANY(CAST(:ids AS integer[])))
     GROUP BY grid_id HAVING count(nullif(ssp2, 'NaN')) >= 15
), station AS (
    SELECT stddev_samp(rx1day) / nullif(avg(rx1day), 0) AS spread
      FROM modelops.station_years GROUP BY station_id HAVING count(rx1day) >= 15
)
SELECT (SELECT count(spread) FROM cell) AS cells,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY spread) FROM cell) AS spread,
       (SELECT count(spread) FROM station) AS stations,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY spread) FROM station) AS observed;

-- tide_rise --
-- Observed rise since 1990 [mm a year] at gauges with twenty years, their jumps beyond 15 cm between two years, and the
-- modelled rise of the first twenty years of the projections.
WITH gauge AS (
    SELECT regr_slope(change_cm, year) * 10 AS rise FROM modelops.tide_gauge_levels
     WHERE year >= 1990 GROUP BY gauge_id HAVING count(change_cm) >= 20
), pair AS (
    SELECT change_cm - lag(change_cm) OVER (PARTITION BY gauge_id ORDER BY year) AS change FROM modelops.tide_gauge_levels
), model AS (
    SELECT regr_slope(ssp2, year) * 10 AS rise FROM modelops.sea_level_data
     WHERE year < (SELECT min(year) + 20 FROM modelops.sea_level_data) GROUP BY grid_id
)
SELECT (SELECT count(*) FROM gauge) AS gauges,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY rise) FROM gauge) AS observed,
       (SELECT count(*) FROM pair WHERE abs(change) > 15) AS jumps,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY rise) FROM model) AS modelled;

-- gauge_outliers --
-- River gauges with flows, and those whose largest flow is thousands of times the median or a code for missing.
WITH gauge AS (
    SELECT station_code, max(value) AS largest,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median
      FROM modelops.api_wamis_cache WHERE data_type = 'flow' AND value >= 0 GROUP BY station_code
)
SELECT count(*) AS gauges, count(*) FILTER (WHERE largest > 5000 * median OR largest >= 99999) AS suspect FROM gauge;
