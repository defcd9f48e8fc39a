package analyzer

import (
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// systemName is the name of a system variable without @@.
type systemName string

func (n systemName) path() []string { return strings.Split(string(n), ".") }

// systemVariables are the system variables that can be read.
var systemVariables = map[systemName]types.Kind{
	"row_count":              types.Int64,
	"script.job_id":          types.String,
	"script.bytes_processed": types.Int64,
	"script.num_child_jobs":  types.Int64,
	"project_id":             types.String,
	"dataset_id":             types.String,
	"dataset_project_id":     types.String,
	"time_zone":              types.String,
	"error.message":          types.String,
	"error.statement_text":   types.String,
	"session_id":             types.String,
	"query_label":            types.String,
}

// missingVariables are system variables of BigQuery that the emulator lacks.
var missingVariables = map[systemName]types.Kind{
	"current_job_id":              types.String,
	"last_job_id":                 types.String,
	"location":                    types.String,
	"reservation":                 types.String,
	"transaction_id":              types.String,
	"script.bytes_billed":         types.Int64,
	"script.creation_time":        types.Timestamp,
	"script.slot_ms":              types.Int64,
	"error.formatted_stack_trace": types.String,
	"error.stack_trace":           types.JSON, // an ARRAY<STRUCT> of BigQuery
}
