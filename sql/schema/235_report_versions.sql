-- Versions of a portfolio's report: what was made of a run, by whom, and which second person signed it.
-- None is changed or removed: a signature fills the columns signed_…, once, with the hashes of the tables that are signed; another report is another number.

CREATE TABLE IF NOT EXISTS modelops.portfolio_report_versions (
    run_id          integer NOT NULL REFERENCES modelops.portfolio_runs,
    number          integer NOT NULL CHECK (number > 0), -- 1, 2, … of the run
    settings        jsonb NOT NULL,               -- language, lens, threshold, scenario, horizon, unit, reporting date, entity
    former_run_id   integer REFERENCES modelops.portfolio_runs (run_id), -- of the former report; NULL = none
    sources         jsonb NOT NULL,               -- the data sets of its T15
    method_version  text NOT NULL,
    content_hash    text NOT NULL,                -- sha256 of all rows of all tables, as its T16 prints it
    tables          jsonb NOT NULL,               -- sha256 of each table
    failed          text[] NOT NULL,              -- control totals that do not add up
    made_by         text NOT NULL,                -- a person's address, 'key …', 'local', 'command line'
    made_person     text,                         -- NULL where nobody signed in
    made_at         timestamptz NOT NULL DEFAULT now(),
    note            text NOT NULL DEFAULT '',     -- of whoever made it
    signed_by       text,
    signed_person   text,
    signed_at       timestamptz,
    signed_note     text,
    PRIMARY KEY (run_id, number),
    CHECK (num_nonnulls(signed_by, signed_person, signed_at, signed_note) IN (0, 4)),
    -- four eyes: who is known signs what somebody else, who is known too, has made
    CONSTRAINT signed_by_a_second_person
        CHECK (signed_person IS NULL OR made_person IS NOT NULL AND made_person <> signed_person)
);

-- sha256 of each table as it was made anew for the signature; NULL: not signed, or before this was asked for
ALTER TABLE modelops.portfolio_report_versions ADD COLUMN IF NOT EXISTS signed_tables jsonb;

CREATE OR REPLACE FUNCTION modelops.keep_report_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    signature CONSTANT text[] := ARRAY['signed_by', 'signed_person', 'signed_at', 'signed_note', 'signed_tables'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.signed_at IS NULL AND to_jsonb(NEW) - signature = to_jsonb(OLD) - signature THEN
        -- signed is what was there: all tables as they were kept, and all control totals add up
        IF NEW.signed_tables IS DISTINCT FROM OLD.tables OR cardinality(OLD.failed) > 0 THEN
            RAISE EXCEPTION 'version % of the report of run % is not what it was, or its totals do not add up',
                OLD.number, OLD.run_id;
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'version % of the report of run % stays as it is', OLD.number, OLD.run_id;
END
$$;
CREATE OR REPLACE TRIGGER report_version_stays BEFORE UPDATE ON modelops.portfolio_report_versions
    FOR EACH ROW EXECUTE FUNCTION modelops.keep_report_version();

CREATE OR REPLACE VIEW rpt.portfolio_reports WITH (security_barrier) AS
SELECT p.run_id, p.number, p.settings ->> 'lens' AS lens, CAST(p.settings ->> 'threshold' AS float8) AS threshold,
       p.settings ->> 'scenario' AS ssp_scenario, p.settings ->> 'horizon' AS horizon,
       CAST(p.settings ->> 'reporting_date' AS date) AS reporting_date, p.former_run_id, p.method_version, p.content_hash,
       p.made_by, p.made_at, p.note, p.signed_by, p.signed_at, p.signed_note
  FROM modelops.portfolio_report_versions AS p
  JOIN rpt.portfolio_runs AS r USING (run_id);

-- Whose an API key is: what it makes and signs counts as done by this person. NULL: a system's.
ALTER TABLE modelops.api_keys ADD COLUMN IF NOT EXISTS person text;
