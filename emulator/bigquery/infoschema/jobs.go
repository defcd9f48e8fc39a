package infoschema

import (
	"fmt"
	"slices"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// IsJobs reports whether a view of INFORMATION_SCHEMA, by its name in capitals, lists jobs.
func IsJobs(view string) bool {
	return view == "JOBS" || view == "JOBS_BY_PROJECT" || view == "JOBS_BY_USER"
}

func record(fields ...types.Field) *types.Type {
	return &types.Type{Kind: types.Struct, Fields: fields}
}

func repeated(fields ...types.Field) *types.Type { return types.ArrayOf(record(fields...)) }

func field(name string, t *types.Type) types.Field { return types.Field{Name: name, Type: t} }

// tableName is a table in a row of JOBS.
var tableName = cols("project_id STRING", "dataset_id STRING", "table_id STRING")

// jobColumns are those of JOBS that the emulator knows the values of
// (https://cloud.google.com/bigquery/docs/information-schema-jobs).
var jobColumns = slices.Concat(
	cols("cache_hit BOOL", "creation_time TIMESTAMP"),
	[]types.Field{field("destination_table", record(tableName...))},
	cols("end_time TIMESTAMP"),
	[]types.Field{
		field("dml_statistics", record(cols("inserted_row_count INT64", "deleted_row_count INT64", "updated_row_count INT64")...)),
		field("error_result", record(cols("reason STRING", "location STRING", "debug_info STRING", "message STRING")...)),
		field("job_creation_reason", record(cols("code STRING")...)),
	},
	cols("job_id STRING", "job_type STRING"),
	[]types.Field{field("labels", repeated(cols("key STRING", "value STRING")...))},
	cols("parent_job_id STRING", "priority STRING", "project_id STRING", "query STRING"),
	[]types.Field{
		field("referenced_tables", repeated(tableName...)),
		field("session_info", record(cols("session_id STRING")...)),
	},
	cols("start_time TIMESTAMP", "state STRING", "statement_type STRING", "total_bytes_billed INT64", "total_bytes_processed INT64",
		"total_slot_ms INT64", "user_email STRING", "query_dialect STRING"),
)

// Jobs is JOBS of a project, and its other names.
func Jobs(view string, jobs []*bqv2.Job) *resolved.Source {
	rows := make([][]any, len(jobs))
	for i, j := range jobs {
		rows[i] = jobRow(j)
	}
	return source("INFORMATION_SCHEMA."+view, jobColumns, valuesFrom(jobColumns, rows))
}

// jobRow has a value for each of jobColumns.
func jobRow(j *bqv2.Job) []any {
	s := j.Statistics
	millis := func(at int64) any {
		if at == 0 {
			return nil
		}
		return time.UnixMilli(at)
	}
	row := map[string]any{
		"creation_time": millis(s.CreationTime), "start_time": millis(s.StartTime), "end_time": millis(s.EndTime),
		"job_id": j.JobReference.JobId, "project_id": j.JobReference.ProjectId, "job_type": j.Configuration.JobType,
		"state": j.Status.State, "user_email": j.UserEmail, "total_slot_ms": s.TotalSlotMs, "total_bytes_processed": s.TotalBytesProcessed,
		"parent_job_id": orNull(s.ParentJobId), "labels": labels(j.Configuration.Labels),
	}
	if r := j.JobCreationReason; r != nil {
		row["job_creation_reason"] = []any{r.Code}
	}
	if e := j.Status.ErrorResult; e != nil {
		row["error_result"] = []any{e.Reason, orNull(e.Location), orNull(e.DebugInfo), e.Message}
	}
	if s.SessionInfo != nil {
		row["session_info"] = []any{s.SessionInfo.SessionId}
	}
	if c := j.Configuration; c.Load != nil {
		row["destination_table"] = tableRow(c.Load.DestinationTable)
	} else if c.Copy != nil {
		row["destination_table"] = tableRow(c.Copy.DestinationTable)
	}
	if q := j.Configuration.Query; q != nil {
		row["destination_table"], row["priority"], row["query"], row["query_dialect"] = tableRow(q.DestinationTable), q.Priority, q.Query, "GOOGLE_SQL"
	}
	if q := s.Query; q != nil {
		row["cache_hit"], row["statement_type"], row["total_bytes_billed"] = q.CacheHit, orNull(q.StatementType), q.TotalBytesBilled
		if d := q.DmlStats; d != nil {
			row["dml_statistics"] = []any{d.InsertedRowCount, d.DeletedRowCount, d.UpdatedRowCount}
		}
		tables := []any{}
		for _, t := range q.ReferencedTables {
			tables = append(tables, tableRow(t))
		}
		row["referenced_tables"] = tables
	}
	values := make([]any, len(jobColumns))
	for i, c := range jobColumns {
		values[i] = row[c.Name]
	}
	return values
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func tableRow(t *bqv2.TableReference) any {
	if t == nil {
		return nil
	}
	return []any{t.ProjectId, t.DatasetId, t.TableId}
}

func labels(m map[string]string) any {
	list := []any{}
	for _, key := range sortedKeys(m) {
		list = append(list, []any{key, m[key]})
	}
	return list
}

// nested is the constant of a value of a type: a list of elements or of fields, or a scalar.
func nested(v any, t *types.Type) string {
	list, ok := v.([]any)
	if !ok {
		return constant(v)
	}
	items := make([]string, len(list))
	for i, x := range list {
		if t.Kind == types.Array {
			items[i] = nested(x, t.Elem)
			continue
		}
		items[i] = fmt.Sprintf("%s := %s", types.Quote(t.Key(i)), nested(x, t.Fields[i].Type))
	}
	if t.Kind == types.Array {
		return "[" + strings.Join(items, ", ") + "]"
	}
	return "struct_pack(" + strings.Join(items, ", ") + ")"
}
