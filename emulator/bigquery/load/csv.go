package load

import (
	"fmt"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func readCSV(c *bqv2.JobConfigurationLoad, schema []*bqv2.TableFieldSchema, data []byte) (*Data, error) {
	records, err := parseCSV(c, data)
	if err != nil {
		return nil, err
	}
	skipped := min(int(c.SkipLeadingRows), len(records))
	names, err := matched(c, records[:skipped])
	if err != nil {
		return nil, err
	}
	records = records[skipped:]
	if c.Autodetect {
		header := detectHeader(records)
		if schema == nil {
			if schema, err = detectCSV(records, header); err != nil {
				return nil, err
			}
		}
		if header {
			records = records[1:]
		}
	}
	if schema == nil {
		return nil, types.Errorf("No schema specified on job or table.")
	}
	fields, err := prepare(schema)
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		if f.Repeated() || f.Type.Kind == types.Struct {
			return nil, types.Errorf("Field %s is nested or repeated, which CSV can't hold", f.Name)
		}
	}
	order, err := orderOf(c, names, fields)
	if err != nil {
		return nil, err
	}
	col := collector{kind: "CSV", max: c.MaxBadRecords, data: Data{Schema: schema}}
	for _, record := range records {
		row, err := csvRow(c, fields, record, order)
		if err := col.add(row, err); err != nil {
			return nil, err
		}
	}
	return &col.data, nil
}

// matched are the names of the file's columns where they decide which column of the table
// is meant (sourceColumnMatch); nil where the position does.
func matched(c *bqv2.JobConfigurationLoad, skipped [][]string) ([]string, error) {
	switch c.SourceColumnMatch {
	case "", "SOURCE_COLUMN_MATCH_UNSPECIFIED", "POSITION":
		return nil, nil
	case "NAME":
		if len(skipped) == 0 {
			return nil, types.Errorf("sourceColumnMatch NAME needs a header: set skipLeadingRows to the row that names the columns")
		}
		return skipped[len(skipped)-1], nil
	}
	return nil, types.Errorf("Invalid value for sourceColumnMatch: %s is not one of POSITION, NAME", c.SourceColumnMatch)
}

// orderOf says at which position of a record each field stands, -1 for none; nil for the
// same position.
func orderOf(c *bqv2.JobConfigurationLoad, names []string, fields []types.Field) ([]int, error) {
	if names == nil {
		return nil, nil
	}
	order := make([]int, len(fields))
	for i, f := range fields {
		order[i] = slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, f.Name) })
	}
	for i, name := range names {
		if !slices.Contains(order, i) && !c.IgnoreUnknownValues {
			return nil, types.Errorf("no such field: %s.", name)
		}
	}
	return order, nil
}

// csvRow converts a record, whose values are in the order of the fields unless order is set.
func csvRow(c *bqv2.JobConfigurationLoad, fields []types.Field, record []string, order []int) ([]any, error) {
	if !c.PreserveAsciiControlCharacters && slices.ContainsFunc(record, func(s string) bool { return strings.Contains(s, "\x00") }) {
		return nil, types.Errorf("Bad character (ASCII 0) encountered; preserveAsciiControlCharacters keeps it")
	}
	if order != nil {
		return cells(c, fields, record, order)
	}
	if len(record) > len(fields) && !c.IgnoreUnknownValues {
		return nil, types.Errorf("Too many values in line. Found %d column(s) while expected %d.", len(record), len(fields))
	}
	if len(record) < len(fields) && !c.AllowJaggedRows {
		return nil, types.Errorf("CSV table references column position %d, but line contains only %d columns.", len(fields)-1, len(record))
	}
	return cells(c, fields, record, nil)
}

func cells(c *bqv2.JobConfigurationLoad, fields []types.Field, record []string, order []int) ([]any, error) {
	row := make([]any, len(fields))
	for i, f := range fields {
		at := i
		if order != nil {
			at = order[i]
		}
		if at >= 0 && at < len(record) && !isNull(c, f, record[at]) {
			v, err := f.Type.Parse(record[at])
			if err != nil {
				return nil, types.Errorf("Could not parse '%s' as %s for field %s (position %d)", record[at], strings.ToUpper(f.Type.Kind.Legacy()), f.Name, at)
			}
			row[i] = v
		}
		if row[i] == nil && f.Required {
			return nil, types.Errorf("Required column value for column index: %d is missing", i)
		}
	}
	return row, nil
}

// isNull says whether a cell stands for NULL: the null marker does, and an empty
// cell of any type that has no empty value.
func isNull(c *bqv2.JobConfigurationLoad, f types.Field, cell string) bool {
	if slices.Contains(c.NullMarkers, cell) || c.NullMarker != "" && cell == c.NullMarker {
		return true
	}
	return cell == "" && f.Type.Kind != types.String && f.Type.Kind != types.Bytes
}

// detectHeader says whether the first record names the columns: it has texts
// only, and below one of them is something else.
func detectHeader(records [][]string) bool {
	if len(records) < 2 {
		return false
	}
	for _, cell := range records[0] {
		if kindOfCell(cell) != types.String || cell == "" {
			return false
		}
	}
	for i, k := range columnKinds(records[1:]) {
		if i < len(records[0]) && k != types.String && k != types.Invalid {
			return true
		}
	}
	return false
}

// columnKinds joins the kinds of the first records' cells.
func columnKinds(records [][]string) []types.Kind {
	var kinds []types.Kind
	for _, record := range records[:min(sampleRows, len(records))] {
		for i, cell := range record {
			if i == len(kinds) {
				kinds = append(kinds, types.Invalid)
			}
			if cell != "" {
				kinds[i] = join(kinds[i], kindOfCell(cell))
			}
		}
	}
	return kinds
}

func detectCSV(records [][]string, header bool) ([]*bqv2.TableFieldSchema, error) {
	body := records
	if header {
		body = records[1:]
	}
	kinds := columnKinds(body)
	if len(kinds) == 0 {
		return nil, types.Errorf("Schema has no fields: the file has no rows to detect them from")
	}
	var schema []*bqv2.TableFieldSchema
	for i, k := range kinds {
		t := typeName(k)
		name := fmt.Sprintf("%s_field_%d", generated[t], i)
		if header && i < len(records[0]) {
			name = columnName(records[0][i])
		}
		schema = append(schema, &bqv2.TableFieldSchema{Name: name, Type: t, Mode: "NULLABLE"})
	}
	return schema, nil
}

// generated are the beginnings of the names of columns without a header.
var generated = map[string]string{
	"STRING": "string", "INTEGER": "int64", "FLOAT": "double", "BOOLEAN": "bool",
	"TIMESTAMP": "timestamp", "DATE": "date", "TIME": "time",
}
