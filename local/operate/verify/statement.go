package verify

import (
	"context"
	"embed"
	"text/template"

	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/shared/sqltemplate"
	"github.com/tallystream/tallystream/shared/warehouse"
)

//go:embed sql
var files embed.FS

// A dialect is how a warehouse writes the statements. Their results have the same columns, but
// for those that its tables lack.
type dialect struct {
	sqltemplate.Dialect
	lacks []string
}

var (
	googleSQL = dialect{Dialect: sqltemplate.GoogleSQL(files, "sql/bigquery", template.FuncMap{
		"minuteAhead": func(a, b string) string { return "(TIMESTAMP_DIFF(" + a + ", " + b + ", MICROSECOND) > 60000000)" },
		"millis":      func(x string) string { return "UNIX_MILLIS(" + x + ")" },
		"fraction":    func(x string) string { return "FORMAT('%.9f', " + x + ")" },
		"text":        func(x string) string { return "CAST(" + x + " AS STRING)" },
		"json":        func(row string) string { return "TO_JSON_STRING(" + row + ")" },
		"every":       func(x string) string { return "LOGICAL_AND(" + x + ")" },
		"kafkaLog": func() string {
			return ", FARM_FINGERPRINT(CONCAT(kafka_topic, '/', kafka_topic_id, '/', CAST(kafka_partition AS STRING))) AS kafka_log"
		},
		"materialized": func() string { return "" },
	})}
	postgreSQL = dialect{Dialect: sqltemplate.PostgreSQL(files, "sql/postgres", template.FuncMap{
		"minuteAhead":  func(a, b string) string { return "((" + a + ") - (" + b + ") > interval '1 minute')" },
		"millis":       func(x string) string { return "(extract(epoch FROM " + x + ") * 1000)::bigint" },
		"fraction":     func(x string) string { return "round((" + x + ")::numeric, 9)::text" },
		"text":         func(x string) string { return "(" + x + ")::text" },
		"json":         func(row string) string { return "row_to_json(" + row + ")::text" },
		"every":        func(x string) string { return "bool_and(" + x + ")" },
		"kafkaLog":     func() string { return "" },
		"materialized": func() string { return "MATERIALIZED " },
	}), lacks: []string{warehouse.LogColumn}}
)

// fraction is a column that is a fraction, as text of nine digits.
func (d dialect) fraction(column string) string {
	return d.Expressions["fraction"].(func(string) string)(column) + " AS " + column
}

func dialectOf(w query.Warehouse) dialect {
	if w.Postgres != nil {
		return postgreSQL
	}
	return googleSQL
}

// read returns the rows of the query in a file of sql.
func read[T any](ctx context.Context, tables query.Warehouse, file string, p query.Parameters) ([]T, error) {
	return query.Select[T](ctx, tables, dialectOf(tables).Text(file, nil), p)
}
