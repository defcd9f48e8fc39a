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

// exportData copies EXPORT DATA, whose options BigQuery checks before it runs.
func (c *converter) exportData(s *gsql.ResolvedExportDataStmt) resolved.Statement {
	options := c.constants(must(s.OptionList()))
	uri, _ := options["uri"].(string)
	if uri == "" {
		bqerror.Throw(bqerror.Query("Option 'uri' is missing or empty."))
	}
	format, _ := options["format"].(string)
	if format == "" {
		bqerror.Throw(bqerror.Query("Option 'format' is missing or empty."))
	}
	if !slices.Contains(exportFormats, strings.ToUpper(format)) {
		bqerror.Throw(bqerror.Query("'%s' is not a valid value; failed to set 'format' in EXPORT DATA OPTIONS", format))
	}
	return &resolved.ExportData{Query: c.query(must(s.Query()), must(s.OutputColumnList()), must(s.IsValueTable())), Options: options}
}
