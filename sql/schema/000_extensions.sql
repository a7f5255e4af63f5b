-- PostGIS, and a schema of our own.

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE SCHEMA IF NOT EXISTS modelops;
