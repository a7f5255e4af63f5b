-- Finds the places of many sites at once, for portfolios.

-- portfolio_district_parts --
-- The districts, cut into small pieces, in metres.
SELECT admin_code, ST_AsBinary(geom_5179) AS shape
  FROM modelops.location_admin_parts WHERE level = 'sigungu' ORDER BY admin_code;

-- portfolio_district_names --
-- Districts by their codes.
SELECT admin_code, admin_name FROM modelops.location_admin WHERE level = 'sigungu' ORDER BY admin_code;

-- portfolio_towns --
-- Towns with a point inside of each.
SELECT admin_code, admin_name, ST_Y(point) AS latitude, ST_X(point) AS longitude
  FROM (SELECT admin_code, admin_name, ST_PointOnSurface(geom) AS point
          FROM modelops.location_admin WHERE level = 'emd') AS town
 ORDER BY admin_code;

-- portfolio_addresses --
-- Addresses with one of the keys: road and number, or town and lot.
SELECT road_key AS key, true AS road, road_address AS name, latitude, longitude
  FROM modelops.addresses WHERE road_key = ANY(CAST(:keys AS text[]))
UNION ALL
SELECT lot_key, false, lot_address, latitude, longitude
  FROM modelops.addresses WHERE lot_key = ANY(CAST(:keys AS text[]))
 ORDER BY key, name;

-- portfolio_parcels --
-- Addresses on these parcels.
SELECT pnu AS key, false AS road, coalesce(lot_address, road_address) AS name, latitude, longitude
  FROM modelops.addresses WHERE pnu = ANY(CAST(:numbers AS text[]))
 ORDER BY key, address_id;
