-- Where a point lies. Every search is a nearest-neighbour search in metres (EPSG:5179).

-- cell_at --
-- The nearest climate cell and its distance [m].
WITH here AS (
    SELECT ST_Transform(ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), 5179) AS geom
)
SELECT g.grid_id, g.latitude, g.longitude, g.coast_distance_m, g.basin_code,
       g.geom_5179 <-> here.geom AS distance_m
  FROM modelops.location_grid AS g, here
 ORDER BY g.geom_5179 <-> here.geom
 LIMIT 1;

-- district_at --
-- The district of one level that holds the point, or the nearest one and its distance [m].
WITH here AS (
    SELECT ST_Transform(ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), 5179) AS geom
)
SELECT a.admin_code, a.admin_name, a.admin_name_en, a.is_urban, part.distance_m
  FROM here
 CROSS JOIN LATERAL (
       SELECT p.admin_code, p.geom_5179 <-> here.geom AS distance_m
         FROM modelops.location_admin_parts AS p
        WHERE p.level = :level
        ORDER BY p.geom_5179 <-> here.geom LIMIT 1) AS part
  JOIN modelops.location_admin AS a USING (admin_code);

-- building_near --
-- The nearest building within a radius [m].
WITH here AS (
    SELECT ST_Transform(ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), 5179) AS geom
), nearest AS (
    SELECT b.*, b.geom_5179 <-> here.geom AS distance_m
      FROM modelops.api_buildings AS b, here
     ORDER BY b.geom_5179 <-> here.geom
     LIMIT 1
)
SELECT building_id, register_pk, latitude, longitude, structure, main_purpose, built_year,
       floors_above, floors_below, total_area, arch_area, kind::text AS kind, distance_m
  FROM nearest
 WHERE distance_m <= :radius;

-- coast_distance --
-- Distance to the coast [m].
WITH here AS (
    SELECT ST_Transform(ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), 5179) AS geom
)
SELECT c.geom_5179 <-> here.geom AS distance_m
  FROM modelops.coastline AS c, here
 ORDER BY c.geom_5179 <-> here.geom
 LIMIT 1;

-- population_at --
-- Population of the district that holds the point.
WITH here AS (
    SELECT ST_Transform(ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), 5179) AS geom
)
SELECT a.admin_code, a.admin_name, a.admin_name_en, a.population_2020, a.population_2025, a.population_2030,
       a.population_2035, a.population_2040, a.population_2045, a.population_2050, part.distance_m
  FROM here
 CROSS JOIN LATERAL (
       SELECT p.admin_code, p.geom_5179 <-> here.geom AS distance_m
         FROM modelops.location_admin_parts AS p
        WHERE p.level = 'sigungu'
        ORDER BY p.geom_5179 <-> here.geom LIMIT 1) AS part
  JOIN modelops.location_admin AS a USING (admin_code);

-- sea_level_at_node --
-- A node's series in one scenario's column; the caller checks the scenario's name.
SELECT year, ssp1, ssp2, ssp3, ssp5 FROM modelops.sea_level_data
 WHERE grid_id = :grid_id AND year BETWEEN :first AND :last ORDER BY year;
