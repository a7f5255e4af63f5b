-- Rows that a database of version 0.1.0 may hold, one and more in each kind of table.
INSERT INTO modelops.location_admin (admin_code, level, admin_name, is_urban, geom, population_2020)
VALUES ('11140', 'sigungu', '서울특별시 중구', NULL,
        ST_Multi(ST_MakeEnvelope(126.9, 37.5, 127.1, 37.7, 4326)), 120000);
INSERT INTO modelops.location_admin_parts (admin_code, level, geom)
VALUES ('11140', 'sigungu', ST_MakeEnvelope(126.9, 37.5, 127.1, 37.7, 4326));
INSERT INTO modelops.coastline (geom) VALUES (ST_GeomFromText('LINESTRING(126 37, 126.5 37.5)', 4326));
INSERT INTO modelops.location_grid (grid_id, latitude, longitude, elevation_m, coast_distance_m, land_fraction, admin_code)
VALUES (1, 37.55, 126.95, 38.5, 40000, 1, '11140'), (2, 37.65, 127.05, NULL, 50000, 0.5, '11140');
INSERT INTO modelops.sea_level_grid (grid_id, latitude, longitude) VALUES (1, 37, 126);
INSERT INTO modelops.ta_data VALUES (1, '1991-01-01', -2.5, -2.5, -2.5, -2.5), (2, '1991-01-01', NULL, NULL, NULL, NULL);
INSERT INTO modelops.rx1day_data VALUES (1, 1991, 101.5, 101.5, 101.5, 101.5);
INSERT INTO modelops.sea_level_data VALUES (1, 2050, 20, 22, 25, 28);
INSERT INTO modelops.data_sources (table_name, name, provider, licence, version, kind, row_count)
VALUES ('ta_data', 'demo', 'ModelOps', 'CC-BY', '1', 'derived', 2);
INSERT INTO modelops.api_buildings (building_id, latitude, longitude, structure, built_year, kind)
VALUES (1, 37.56, 126.98, '철근콘크리트구조', 1998, 'synthetic');
INSERT INTO modelops.api_wamis_stations (station_code, station_name, station_type, latitude, longitude)
VALUES ('1001', '한강대교', 'flow', 37.51, 126.96);
INSERT INTO modelops.api_wamis_cache VALUES ('1001', 'flow', '2020-08-01', 12000.5);
INSERT INTO modelops.api_typhoon_list VALUES ('2003MAEMI', 2003, 'MAEMI', '2003-09-05', '2003-09-14');
INSERT INTO modelops.api_typhoon_tracks VALUES ('2003MAEMI', '2003-09-12 12:00+00', 34.5, 128, 950, 85);
INSERT INTO modelops.parameter_sets (parameter_hash, name, version, content) VALUES ('abc', 'central', '1', '{"a": 1}');
INSERT INTO modelops.runs (stages, method_version, parameter_hash, finished_at)
VALUES ('{hazard,probability}', '1', 'abc', '2026-11-25 03:00+09');
INSERT INTO modelops.run_tiles (stage, tile, fingerprint, run_id) VALUES ('hazard', '1-2', 'f', 1);
INSERT INTO modelops.hazard_results (grid_id, risk_type, ssp_scenario, horizon, latitude, longitude, hazard_score,
    hazard_score_100, hazard_level, status, method_version, run_id)
SELECT grid_id, 'drought', 'ssp2', '2050s', latitude, longitude, 0.4, 40, 'Medium', 'ok', '1', 1 FROM modelops.location_grid;
INSERT INTO modelops.probability_results (grid_id, risk_type, ssp_scenario, horizon, latitude, longitude, aal,
    bin_probabilities, status, flags, method_version, run_id)
SELECT grid_id, 'drought', 'ssp2', '2050s', latitude, longitude, 0.0123456789, '{"bin1": 1}', 'low_confidence', '{few_years}', '1', 1
  FROM modelops.location_grid;
INSERT INTO modelops.exposure_results (latitude, longitude, risk_type, exposure_score, status, method_version)
VALUES (37.56, 126.98, 'drought', 0.3, 'ok', '1');
INSERT INTO modelops.vulnerability_results (latitude, longitude, risk_type, vulnerability_score, vulnerability_level, status, method_version)
VALUES (37.56, 126.98, 'drought', 0.2, 'Low', 'ok', '1');
INSERT INTO modelops.aal_scaled_results (latitude, longitude, risk_type, ssp_scenario, horizon, final_aal, status, method_version)
VALUES (37.56, 126.98, 'drought', 'ssp2', '2050s', 0.011, 'ok', '1');
INSERT INTO modelops.batch_jobs (batch_id, job_type, status, progress, current_step, input_params, results, completed_at)
VALUES ('00000000-0000-0000-0000-000000000001', 'ondemand_risk_calculation', 'completed', 100, 'done',
        '{"latitude": 37.56, "longitude": 126.98}', '{"old": true}', now());
INSERT INTO modelops.batch_jobs (batch_id, job_type, status, error_message)
VALUES ('00000000-0000-0000-0000-000000000002', 'ondemand_risk_calculation', 'failed', 'The database does not answer.');
INSERT INTO modelops.portfolios (name, note) VALUES ('본사', '2026');
INSERT INTO modelops.portfolio_sites (portfolio_id, name, latitude, longitude, attributes, batch_id)
VALUES (1, '남대문 사옥', 37.56, 126.98, '{"floors_above": 20}', '00000000-0000-0000-0000-000000000001');
INSERT INTO modelops.portfolio_results (site_id, risk_type, ssp_scenario, horizon, final_aal, status)
VALUES (1, 'drought', 'ssp2', '2050s', 0.011, 'ok');
