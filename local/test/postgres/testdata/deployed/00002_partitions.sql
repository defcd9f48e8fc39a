-- +goose Up
-- +goose StatementBegin
-- Makes the partition of a table of raw that holds a time, unless there is one. Its name
-- is that of the table and the day in UTC, votes_20261103. An appender calls it when a
-- row finds no partition. It runs as the owner of the tables, so that who appends needs
-- no more than INSERT. Two calls at a time wait for each other; readers wait for none.
CREATE FUNCTION raw.ensure_partition(parent text, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  day timestamp := date_trunc('day', at AT TIME ZONE 'UTC');
  partition text := parent || to_char(day, '_YYYYMMDD');
BEGIN
  IF parent NOT IN ('log_ends', 'rejects', 'voters', 'votes') THEN
    RAISE EXCEPTION 'raw.% has no partitions', parent;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('raw.ensure_partition'));
  IF to_regclass(format('raw.%I', partition)) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE raw.%I (LIKE raw.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition, parent);
  EXECUTE format('ALTER TABLE raw.%I ATTACH PARTITION raw.%I FOR VALUES FROM (%L) TO (%L)',
    parent, partition, day AT TIME ZONE 'UTC', (day + interval '1 day') AT TIME ZONE 'UTC');
END
$$;
-- +goose StatementEnd
