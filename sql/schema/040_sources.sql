-- Where every input row comes from; the screen and every export say it.

CREATE TABLE IF NOT EXISTS modelops.data_sources (
    table_name   text NOT NULL,
    name         text NOT NULL,
    provider     text NOT NULL,
    licence      text NOT NULL,
    version      text NOT NULL,
    kind         modelops.data_kind NOT NULL,
    period       text,                           -- '1991-2020, 2021-2100'
    method       text,                           -- how derived or synthetic rows were made
    file_sha256  text,                           -- NULL where no single file was read
    row_count    bigint NOT NULL,
    loaded_at    timestamptz NOT NULL DEFAULT now(),
    members      smallint,                       -- climate: 1 = one model's run, n = mean of n, 0 = observed
    PRIMARY KEY (table_name, name)
);
