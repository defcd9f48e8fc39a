-- What each function may do, as terraform/warehouse.tf grants it on BigQuery. The roles
-- are of the whole server, their privileges of this database. They can't log in: grant
-- them to the users that the functions connect as.
DO $$
DECLARE
  role text;
BEGIN
  -- Not beside ensure_partition, which changes the same rows of the catalogue, nor beside this.
  PERFORM pg_advisory_xact_lock(hashtext('tallystream roles'));
  PERFORM pg_advisory_xact_lock(hashtext('raw.ensure_partition'));
  FOREACH role IN ARRAY ARRAY['tallystream_ingest', 'tallystream_aggregate', 'tallystream_dashboard', 'tallystream_operate'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- for another database of the server, at the same moment
      END;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role);
  END LOOP;
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO tallystream_aggregate', current_database());
END
$$;

-- What follows is all that they have.
REVOKE ALL ON SCHEMA raw, core, analytics, staging, marts
  FROM PUBLIC, tallystream_ingest, tallystream_aggregate, tallystream_dashboard, tallystream_operate;
REVOKE ALL ON ALL TABLES IN SCHEMA raw, core, analytics, staging, marts
  FROM PUBLIC, tallystream_ingest, tallystream_aggregate, tallystream_dashboard, tallystream_operate;
REVOKE ALL ON ALL ROUTINES IN SCHEMA raw, core, analytics, staging, marts
  FROM PUBLIC, tallystream_ingest, tallystream_aggregate, tallystream_dashboard, tallystream_operate;

-- Every program looks at the version of the schema.
GRANT SELECT ON public.tallystream_schema
  TO tallystream_ingest, tallystream_aggregate, tallystream_dashboard, tallystream_operate;

-- Ingest appends to raw and reads nothing.
GRANT USAGE ON SCHEMA raw TO tallystream_ingest;
GRANT INSERT ON raw.votes, raw.voters, raw.rejects, raw.log_ends TO tallystream_ingest;
GRANT EXECUTE ON FUNCTION raw.ensure_partition TO tallystream_ingest;

-- Aggregate reads raw, and replaces what it derives. What persons said isn't derived.
GRANT USAGE ON SCHEMA raw, core, analytics TO tallystream_aggregate;
GRANT SELECT ON raw.votes, raw.voters, raw.rejects TO tallystream_aggregate;
DO $$
DECLARE
  derived regclass;
BEGIN
  FOR derived IN
    SELECT oid FROM pg_class
    WHERE relnamespace IN ('core'::regnamespace, 'analytics'::regnamespace) AND relkind IN ('r', 'p')
      AND oid <> 'analytics.certifications'::regclass
  LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO tallystream_aggregate', derived);
  END LOOP;
END
$$;

-- Dashboard reads what may be published, and what no pass has settled yet by a function
-- that runs as the owner of the tables.
GRANT USAGE ON SCHEMA analytics TO tallystream_dashboard;
GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO tallystream_dashboard;
GRANT EXECUTE ON FUNCTION analytics.live_changes TO tallystream_dashboard;

-- Operators read everything, certify results, and leave records of dead letters out.
GRANT USAGE ON SCHEMA raw, core, analytics, staging, marts TO tallystream_operate;
GRANT SELECT ON raw.votes, raw.voters, raw.rejects, raw.log_ends TO tallystream_operate;
GRANT SELECT ON ALL TABLES IN SCHEMA core, analytics, staging, marts TO tallystream_operate;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA analytics TO tallystream_operate;
GRANT INSERT ON raw.rejects, analytics.certifications TO tallystream_operate;
GRANT EXECUTE ON FUNCTION raw.ensure_partition TO tallystream_operate;
