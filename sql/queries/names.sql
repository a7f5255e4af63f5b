-- Finds places by what people call them.
-- `words` is a JSON list with the spellings of each word of the search, `last` the spellings of the last one;
-- `fit`: 0 the name itself, 1 it begins so, 2 it holds the words.

-- name_districts --
-- Districts whose name holds every word: provinces, districts, towns, each by population (towns by their province's).
SELECT found.* FROM (
    SELECT a.admin_code, a.level, a.admin_name, a.admin_name_en, parent.admin_name_en AS parent_name_en,
           ST_X(ST_PointOnSurface(a.geom)) AS longitude, ST_Y(ST_PointOnSurface(a.geom)) AS latitude,
           CASE WHEN EXISTS (SELECT FROM unnest(CAST(:last AS text[])) AS w
                              WHERE w IN (own.ko, own.en, split_part(own.en, '-', 1), regexp_replace(own.ko, '[0-9]+가$', ''))
                                 OR w = lower(a.admin_name) OR right(lower(a.admin_name), length(w) + 1) = ' ' || w)
                THEN 0
                WHEN EXISTS (SELECT FROM unnest(CAST(:last AS text[])) AS w
                              WHERE starts_with(own.ko, w) OR starts_with(own.en, w))
                THEN 1 ELSE 2 END AS fit,
           coalesce(a.population_2025, 0) AS persons, coalesce(province.population_2025, 0) AS province_persons
      FROM modelops.location_admin AS a
      LEFT JOIN modelops.location_admin AS province ON province.admin_code = left(a.admin_code, 2)
      LEFT JOIN modelops.location_admin AS parent ON parent.admin_code = a.parent_code
     CROSS JOIN LATERAL (
           SELECT lower(regexp_replace(a.admin_name, '^.* ', '')) AS ko,
                  lower(split_part(coalesce(a.admin_name_en, ''), ',', 1)) AS en) AS own
     WHERE NOT EXISTS (
           SELECT FROM jsonb_array_elements(CAST(:words AS jsonb)) AS spelt
            WHERE NOT EXISTS (
                  SELECT FROM jsonb_array_elements_text(spelt) AS w
                   WHERE position(w IN lower(a.admin_name || ' ' || coalesce(a.admin_name_en, ''))) > 0))
) AS found
 ORDER BY fit, array_position(ARRAY['sido', 'sigungu', 'emd'], level), persons DESC, province_persons DESC, admin_code
 LIMIT :limit;

-- name_places --
-- Stations, landmarks and islands whose names or district hold every word. The whole name of the district, with its
-- province, is that of the one so called in which or near which (0.05°) the place lies, else of the outline around it.
SELECT p.kind, p.name, coalesce(p.name_en, p.name) AS name_en, p.latitude, p.longitude,
       coalesce(own.admin_name, p.district) AS district, own.admin_name_en AS district_en,
       CASE WHEN EXISTS (SELECT FROM unnest(CAST(:whole AS text[])) AS w
                          WHERE w IN (lower(p.name), lower(p.name_en)) OR w = ANY(string_to_array(lower(p.aliases), '|')))
            THEN 0
            WHEN EXISTS (SELECT FROM unnest(CAST(:whole AS text[])) AS w
                          WHERE starts_with(lower(p.name), w) OR starts_with(lower(p.name_en), w))
            THEN 1 ELSE 2 END AS fit
  FROM modelops.place_names AS p
  CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(p.longitude, p.latitude), 4326) AS point) AS here
  LEFT JOIN LATERAL (
       SELECT near.admin_name, near.admin_name_en
         FROM (SELECT a.*, ' ' || a.admin_name LIKE '% ' || p.district AS named FROM modelops.location_admin AS a
                WHERE a.level = 'sigungu' AND ST_DWithin(a.geom, here.point, 0.05)) AS near
        WHERE near.named OR ST_Covers(near.geom, here.point)
        ORDER BY near.named IS TRUE DESC, ST_Distance(near.geom, here.point)
        LIMIT 1) AS own ON true
 WHERE NOT EXISTS (
       SELECT FROM jsonb_array_elements(CAST(:words AS jsonb)) AS spelt
        WHERE NOT EXISTS (
              SELECT FROM jsonb_array_elements_text(spelt) AS w
               WHERE position(w IN lower(concat_ws(' ', p.name, p.name_en, p.aliases, p.district))) > 0))
 ORDER BY fit, p.place_id
 LIMIT :limit;

-- name_postcode --
-- The area of a postal code.
SELECT postal_code, place, sigungu, sido, latitude, longitude FROM modelops.postcodes WHERE postal_code = :code;

-- name_parcel --
-- Addresses on a parcel; one of a parcel suffices where it has several buildings.
SELECT road_address, lot_address, building_name, latitude, longitude
  FROM modelops.addresses WHERE pnu = :pnu ORDER BY address_id LIMIT :limit;

-- name_parcel_town --
-- The town whose code a parcel's number begins with.
SELECT a.admin_code, a.level, a.admin_name, a.admin_name_en, parent.admin_name_en AS parent_name_en,
       ST_X(ST_PointOnSurface(a.geom)) AS longitude, ST_Y(ST_PointOnSurface(a.geom)) AS latitude
  FROM modelops.location_admin AS a
  LEFT JOIN modelops.location_admin AS parent ON parent.admin_code = a.parent_code
 WHERE a.level = 'emd' AND starts_with(:pnu, a.admin_code);

-- name_addresses --
-- Addresses with one of the keys (road and number, town and lot) or of that building, whose text holds the other words.
SELECT road_address, lot_address, building_name, latitude, longitude
  FROM (SELECT * FROM modelops.addresses WHERE road_key = ANY(CAST(:keys AS text[]))
        UNION SELECT * FROM modelops.addresses WHERE lot_key = ANY(CAST(:keys AS text[]))
        UNION SELECT * FROM modelops.addresses WHERE building_name = :building) AS a
 WHERE NOT EXISTS (
       SELECT FROM jsonb_array_elements(CAST(:words AS jsonb)) AS spelt
        WHERE NOT EXISTS (
              SELECT FROM jsonb_array_elements_text(spelt) AS w
               WHERE position(w IN lower(concat_ws(' ', a.road_address, a.lot_address, a.building_name))) > 0))
 ORDER BY address_id LIMIT :limit;

-- name_tables --
-- Which of the tables that are loaded separately hold rows.
SELECT EXISTS (SELECT FROM modelops.postcodes) AS postcodes, EXISTS (SELECT FROM modelops.addresses) AS addresses;
