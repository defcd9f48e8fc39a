package aggregate

import "fmt"

// Functions of analytics on PostgreSQL. They run with the rights of their owner: readers
// need none on raw and core. Their statements are planned at each call, for its arguments,
// under the settings of a pass. Only work_mem is smaller. The planner expects many times as
// many records as there are. With more memory it makes hash tables so large that filling
// them takes longer than the rest.
const (
	functionsHead = `-- +goose Up
-- Written by go test ./functions/aggregate -update, from functions/aggregate/sql/postgres.

`
	changesFunction = `-- +goose StatementBegin
CREATE OR REPLACE FUNCTION analytics.live_changes(
  ingested_from timestamptz, ingested_before timestamptz, votes_from bigint, voters_from bigint, rejects_from bigint
) RETURNS TABLE (votes jsonb, electorate jsonb, books jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET plan_cache_mode = force_custom_plan
SET jit = off
SET random_page_cost = 1.1
SET enable_mergejoin = off
SET enable_seqscan = off
SET work_mem = '8MB'
AS $$
#variable_conflict use_column
BEGIN
-- What waits for a missing record is counted already: it must be seen, or it would be taken away.
ingested_from := least(ingested_from, (SELECT min(ingest_floor) FROM core.progress WHERE records_above > 0));
RETURN QUERY
%s;
END
$$;
-- +goose StatementEnd

`
	arrivalsFunction = `-- +goose StatementBegin
CREATE OR REPLACE FUNCTION analytics.live_arrivals(ingested_from timestamptz) RETURNS TABLE (arrived bigint, newest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
%s
$$;
-- +goose StatementEnd
`
)

// postgresFunctions is the migration that creates the functions which readers call. It
// replaces those of earlier migrations.
func postgresFunctions() string {
	bodies := postgreSQL.functionBodies()
	return functionsHead + fmt.Sprintf(changesFunction, bodies["live_changes"]) + fmt.Sprintf(arrivalsFunction, bodies["live_arrivals"])
}
