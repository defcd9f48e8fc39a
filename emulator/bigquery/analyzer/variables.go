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
	"row_count":                   types.Int64,
	"script.job_id":               types.String,
	"script.bytes_processed":      types.Int64,
	"project_id":                  types.String,
	"dataset_id":                  types.String,
	"dataset_project_id":          types.String,
	"time_zone":                   types.String,
	"error.message":               types.String,
	"error.statement_text":        types.String,
	"error.formatted_stack_trace": types.String,
	"session_id":                  types.String,
	"current_job_id":              types.String,
	"last_job_id":                 types.String,
	"query_label":                 types.String,
	"transaction_id":              types.String,
}
