package analyzer

import (
	"slices"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// exportFormats are the formats that EXPORT DATA has
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/export-statements#export_option_list).
var exportFormats = []string{"AVRO", "CSV", "JSON", "PARQUET"}

// exportData checks the options of EXPORT DATA as BigQuery does before it runs. There is no
// Cloud Storage to export to.
func (c *converter) exportData(s *gsql.ResolvedExportDataStmt) resolved.Statement {
	options := c.constants(must(s.OptionList()))
	uri, _ := options["uri"].(string)
	if uri == "" {
		bqerror.Throw(bqerror.Query("Option 'uri' is missing or empty."))
	}
	if format, ok := options["format"].(string); ok && !slices.Contains(exportFormats, strings.ToUpper(format)) {
		bqerror.Throw(bqerror.Query("'%s' is not a valid value; failed to set 'format' in EXPORT DATA OPTIONS", format))
	}
	return &resolved.Other{Name: "EXPORT DATA to " + uri}
}
