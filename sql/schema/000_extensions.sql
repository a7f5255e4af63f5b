-- PostGIS, and a schema of our own. PostGIS in `public`: not among our tables, which a backup holds.

CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public;
CREATE SCHEMA IF NOT EXISTS modelops;
