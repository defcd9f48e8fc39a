package infoschema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
)

// externalDDL is the statement that would create an external table. The columns that are in the names
// of files are found again.
func externalDDL(t *catalog.Table, name string) string {
	r := t.Resource
	keys := ""
	if h := r.ExternalDataConfiguration.HivePartitioningOptions; h != nil {
		keys = "\nWITH PARTITION COLUMNS"
	}
	var columns []string
	for i, c := range t.Columns {
		columns = append(columns, "  "+columnDDL(c, r.Schema.Fields[i]))
	}
	body := "\n(\n" + strings.Join(columns, ",\n") + "\n)"
	if keys != "" || len(columns) == 0 {
		body = ""
	}
	return "CREATE EXTERNAL TABLE " + name + body + keys + optionClause(t) + ";"
}

// externalOptions lists what an external table says of its files, by name.
func externalOptions(c *bqv2.ExternalDataConfiguration) (list [][3]string) {
	text := func(name, value string) {
		if value != "" {
			list = append(list, [3]string{name, "STRING", quoted(value)})
		}
	}
	texts := func(name string, values []string) {
		parts := make([]string, len(values))
		for i, v := range values {
			parts[i] = quoted(v)
		}
		if len(parts) > 0 {
			list = append(list, [3]string{name, "ARRAY<STRING>", "[" + strings.Join(parts, ", ") + "]"})
		}
	}
	number := func(name string, n int64) {
		if n != 0 {
			list = append(list, [3]string{name, "INT64", strconv.FormatInt(n, 10)})
		}
	}
	flag := func(name string, on bool) {
		if on {
			list = append(list, [3]string{name, "BOOL", fmt.Sprint(on)})
		}
	}
	text("format", c.SourceFormat)
	texts("uris", c.SourceUris)
	text("compression", c.Compression)
	texts("decimal_target_types", c.DecimalTargetTypes)
	number("max_bad_records", c.MaxBadRecords)
	flag("ignore_unknown_values", c.IgnoreUnknownValues)
	if h := c.HivePartitioningOptions; h != nil {
		text("hive_partition_uri_prefix", h.SourceUriPrefix)
	}
	if o := c.CsvOptions; o != nil {
		number("skip_leading_rows", o.SkipLeadingRows)
		text("field_delimiter", o.FieldDelimiter)
		text("encoding", o.Encoding)
		text("null_marker", o.NullMarker)
		flag("allow_jagged_rows", o.AllowJaggedRows)
		flag("allow_quoted_newlines", o.AllowQuotedNewlines)
	}
	if o := c.ParquetOptions; o != nil {
		flag("enable_list_inference", o.EnableListInference)
		flag("enum_as_string", o.EnumAsString)
	}
	if o := c.AvroOptions; o != nil {
		flag("enable_logical_types", o.UseAvroLogicalTypes)
	}
	slices.SortFunc(list, func(a, b [3]string) int { return strings.Compare(a[0], b[0]) })
	return list
}
