package sqlcase

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// A Dialect is how a warehouse writes what the cases need.
type Dialect struct {
	types     map[string]string               // by the types of the schema files
	clock     string                          // format of the hour, minute and second of a column
	micros    string                          // format of the microseconds of a column since 1970
	temporary func(id, columns string) string // begins a statement that fills a temporary table
	variables string                          // a table of the variables
	log       string                          // a number for the name of a partition: format of three columns; empty where tables have none
}

// GoogleSQL is the dialect of BigQuery. Variables are those of a script.
var GoogleSQL = Dialect{
	types: map[string]string{
		"STRING": "STRING", "INT64": "INT64", "BOOL": "BOOL", "BYTES": "BYTES", "FLOAT64": "FLOAT64", "TIMESTAMP": "TIMESTAMP", "DATE": "DATE",
	},
	clock:     "FORMAT_TIMESTAMP('%%H:%%M:%%S', %s)",
	micros:    "UNIX_MICROS(%s)",
	temporary: func(id, _ string) string { return "CREATE TEMP TABLE " + id + " AS\n" },
	variables: "(SELECT first_window, end_window, complete_before, election_day)",
	log:       "FARM_FINGERPRINT(FORMAT('%%s/%%s/%%d', %s, %s, %s))",
}

// PostgreSQL is the dialect of PostgreSQL. Variables are parameters, by pgx.NamedArgs, and
// temporary tables are there already.
var PostgreSQL = Dialect{
	types: map[string]string{
		"STRING": "text", "INT64": "bigint", "BOOL": "boolean", "BYTES": "bytea", "FLOAT64": "double precision", "TIMESTAMP": "timestamptz", "DATE": "date",
	},
	clock:     "to_char(%s, 'HH24:MI:SS')",
	micros:    "(extract(epoch FROM %s) * 1000000)::bigint",
	temporary: insert,
	variables: "(SELECT @first_window::timestamptz AS first_window, @end_window::timestamptz AS end_window, " +
		"@complete_before::timestamptz AS complete_before, @election_day::date AS election_day) AS variables",
}

// Fill returns a statement that fills a table.
func (d Dialect) Fill(t Table) (string, error) {
	columns, temporary := temporaryTables[t.ID]
	all := strings.Fields(columns)
	if !temporary {
		for _, f := range warehouse.TableNamed(t.ID).Fields {
			all = append(all, f.Name)
		}
	}
	if d.log == "" {
		all = slices.DeleteFunc(all, func(c string) bool { return c == warehouse.LogColumn })
	}
	for _, c := range t.Columns {
		if !slices.Contains(all, c) {
			return "", fmt.Errorf("%s has no column %s", t.ID, c)
		}
	}
	rows := t.Rows
	if len(rows) == 0 {
		rows = [][]string{make([]string, len(t.Columns))}
	}
	var selects []string
	for _, row := range rows {
		selects = append(selects, d.selectRow(t, all, row))
	}
	query := strings.Join(selects, "\nUNION ALL ")
	if len(t.Rows) == 0 {
		query = "SELECT * FROM (" + query + ") AS r WHERE FALSE"
	}
	names := strings.Join(all, ", ")
	if temporary {
		return d.temporary(t.ID, names) + query + ";\n", nil
	}
	return insert(t.ID, names) + query + ";\n", nil
}

func insert(id, columns string) string { return "INSERT INTO " + id + " (" + columns + ")\n" }

// selectRow selects one row of all columns of a table.
func (d Dialect) selectRow(t Table, all, row []string) string {
	types := t.columnTypes()
	value := func(c string) string {
		if i := slices.Index(t.Columns, c); i >= 0 && row[i] != "" {
			return literal(types[c], row[i])
		}
		return cmp.Or(defaults[c], defaults[types[c]])
	}
	var values []string
	for _, c := range all {
		text := value(c)
		if c == warehouse.LogColumn { // it follows from the others
			text = fmt.Sprintf(d.log, value("kafka_topic"), value("kafka_topic_id"), value("kafka_partition"))
		}
		values = append(values, fmt.Sprintf("CAST(%s AS %s) AS %s", text, d.types[types[c]], c))
	}
	return "SELECT " + strings.Join(values, ", ")
}

// Values returns the variables as literals, by name. It is empty if t has none.
func (t Table) Values() map[string]string {
	values := map[string]string{}
	for i, c := range t.Columns {
		values[c] = literal(t.columnTypes()[c], t.Rows[0][i])
	}
	return values
}

// literal is a value, which both dialects write alike.
func literal(typ, text string) string {
	switch {
	case text == "-":
		return "NULL"
	case typ == "TIMESTAMP" && len(text) <= len("15:04:05.000"):
		return "TIMESTAMP '2026-11-03 " + text + "+00'"
	case typ == "TIMESTAMP", typ == "STRING":
		return "'" + text + "'"
	case typ == "DATE":
		return "DATE '" + text + "'"
	}
	return text
}

// Query selects the named columns as text, one line a row.
func (d Dialect) Query(t Table) string {
	from := t.ID
	if from == Variables {
		from = d.variables
	}
	return d.selectLines(t.Columns, t.columnTypes(), d.clock, from)
}

// QueryAll selects all columns that a table or a view has in each warehouse as text, one
// line a row, with times to the microsecond.
func (d Dialect) QueryAll(t warehouse.Table) string {
	var columns []string
	types := map[string]string{}
	for _, f := range t.Fields {
		if f.Name != warehouse.LogColumn {
			columns = append(columns, f.Name)
			types[f.Name] = f.Type
		}
	}
	return d.selectLines(columns, types, d.micros, t.ID())
}

func (d Dialect) selectLines(columns []string, types map[string]string, time, from string) string {
	var texts []string
	for _, c := range columns {
		value := c
		if types[c] == "TIMESTAMP" {
			value = fmt.Sprintf(time, c)
		}
		texts = append(texts, "COALESCE(CAST("+value+" AS "+d.types["STRING"]+"), '-')")
	}
	return "SELECT CONCAT(" + strings.Join(texts, ", ' ', ") + ") AS line FROM " + from + ";\n"
}
