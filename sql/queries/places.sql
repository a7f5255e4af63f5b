-- Series of places; where a point lies is asked by db/inputs/places.py.

-- sea_level_at_node --
-- A node's series in one scenario's column; the caller checks the scenario's name.
SELECT year, ssp1, ssp2, ssp3, ssp5 FROM modelops.sea_level_data
 WHERE grid_id = :grid_id AND year BETWEEN :first AND :last ORDER BY year;

-- boundaries --
-- Version of the districts' outlines that were loaded last.
SELECT version FROM modelops.data_sources WHERE table_name = 'location_admin' ORDER BY loaded_at DESC LIMIT 1;
