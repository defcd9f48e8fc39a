package stages_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// A sqlCase is a hand-written case of one SQL file: tables before, tables after.
//
// Its file is a txtar archive. A section "given T" fills table T, a section
// "want T" tells what its named columns hold afterwards; T is a table of the
// warehouse, a temporary one, or the script's variables. Both are written as columns with a heading:
// "-" is NULL, and 08:00:30 a time on the day of the election. Columns that
// are not named hold the same default value in every row.
type sqlCase struct {
	name, comment, step string
	given, want         []sqlTable
	set                 string // SQL that sets script variables
}

type sqlTable struct {
	id      string
	columns []string
	rows    [][]string
}

// parseSQLCase reads an archive; its name is <step>-<what it shows>.
func parseSQLCase(name string, archive *txtar.Archive) (sqlCase, error) {
	step, _, _ := strings.Cut(name, "-")
	c := sqlCase{name: name, step: step, comment: string(archive.Comment)}
	for _, f := range archive.Files {
		kind, id, _ := strings.Cut(f.Name, " ")
		table := parseSQLTable(id, string(f.Data))
		switch kind {
		case "given":
			c.given = append(c.given, table)
		case "want":
			c.want = append(c.want, table)
		case "set":
			c.set = string(f.Data)
		default:
			return c, fmt.Errorf("%s: section %q is neither given, want nor set", name, f.Name)
		}
	}
	if len(c.want) == 0 {
		return c, fmt.Errorf("%s wants nothing", name)
	}
	for _, t := range c.want {
		if _, temporary := temporaryTables[t.id]; temporary && len(c.want) > 1 {
			return c, fmt.Errorf("%s wants %s, which ends with its script, and more", name, t.id)
		}
	}
	return c, nil
}

func parseSQLTable(id, text string) sqlTable {
	t := sqlTable{id: id}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case t.columns == nil:
			t.columns = fields
		default:
			t.rows = append(t.rows, fields)
		}
	}
	return t
}

// The columns that only temporary tables have.
var temporaryColumns = map[string]string{
	"held": "BOOL", "moved": "BOOL", "rank": "INT64", "source": "STRING", "rejected": "BOOL",
	"held_state": "STRING", "held_age_group": "STRING", "held_gender": "STRING",
	"first_window": "TIMESTAMP", "end_window": "TIMESTAMP", "complete_before": "TIMESTAMP", "election_day": "DATE",
}

// Temporary tables by their columns; those of the warehouse have schema files.
var temporaryTables = map[string]string{
	"fresh_votes":     "kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_timestamp kafka_follows voter_key vote_id candidate candidate_image voted_at polling_station ingested_at",
	"fresh_voters":    "kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_timestamp kafka_follows voter_key state age_group gender county precinct ingested_at",
	"fresh_records":   "kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_follows rejected ingested_at",
	"roll":            "voter_key kafka_log kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_timestamp state age_group gender county precinct held rank",
	"contenders":      "voter_key kafka_log kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_timestamp vote_id candidate candidate_image voted_at polling_station held_state held_age_group held_gender held state age_group gender rank moved",
	"touched_windows": "source kafka_topic window_start",
	"published":       "window_start candidate votes",
	"variables":       "first_window end_window complete_before election_day",
}

// columnTypes gives the type of each column. A temporary table's columns have
// the types that they have elsewhere.
func (t sqlTable) columnTypes() map[string]string {
	types := map[string]string{}
	for _, other := range warehouse.Tables() {
		for _, f := range other.Fields {
			types[f.Name] = f.Type
		}
	}
	if _, temporary := temporaryTables[t.id]; temporary {
		maps.Copy(types, temporaryColumns)
	}
	return types
}

// dull are the default values of columns that a case doesn't name, by name or type.
var dull = map[string]string{
	"kafka_topic": "'votes'", "kafka_topic_id": "'t'", "state": "'TX'", "age_group": "'25-34'", "gender": "'female'", "candidate": "'ada'",
	"STRING": "NULL", "INT64": "0", "BOOL": "FALSE", "BYTES": "NULL", "FLOAT64": "0",
	"TIMESTAMP": "TIMESTAMP '2026-11-03 00:00:00+00'", "DATE": "DATE '2026-11-03'",
}

// sql is a statement that fills the table.
func (t sqlTable) sql() (string, error) {
	columns, temporary := temporaryTables[t.id]
	all := strings.Fields(columns)
	if !temporary {
		for _, f := range warehouse.TableNamed(t.id).Fields {
			all = append(all, f.Name)
		}
	}
	for _, c := range t.columns {
		if !slices.Contains(all, c) {
			return "", fmt.Errorf("%s has no column %s", t.id, c)
		}
	}
	types, selects := t.columnTypes(), []string{}
	rows := t.rows
	if len(rows) == 0 {
		rows = [][]string{make([]string, len(t.columns))}
	}
	for _, row := range rows {
		value := func(c string) string {
			if i := slices.Index(t.columns, c); i >= 0 && row[i] != "" {
				return literal(types[c], row[i])
			}
			return first(dull[c], dull[types[c]])
		}
		var values []string
		for _, c := range all {
			text := value(c)
			if c == "kafka_log" { // follows from the others
				text = fmt.Sprintf("FARM_FINGERPRINT(FORMAT('%%s/%%s/%%d', %s, %s, %s))", value("kafka_topic"), value("kafka_topic_id"), value("kafka_partition"))
			}
			values = append(values, fmt.Sprintf("CAST(%s AS %s) AS %s", text, types[c], c))
		}
		selects = append(selects, "SELECT "+strings.Join(values, ", "))
	}
	query := strings.Join(selects, "\nUNION ALL ")
	if len(t.rows) == 0 {
		query = "SELECT * FROM (" + query + ") WHERE FALSE"
	}
	if temporary {
		return "CREATE TEMP TABLE " + t.id + " AS\n" + query + ";\n", nil
	}
	return "INSERT INTO " + t.id + " (" + strings.Join(all, ", ") + ")\n" + query + ";\n", nil
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

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

// query selects the named columns as text, one line a row.
func (t sqlTable) query() string {
	types, columns := t.columnTypes(), []string{}
	for _, c := range t.columns {
		text := "CAST(" + c + " AS STRING)"
		if types[c] == "TIMESTAMP" {
			text = "FORMAT_TIMESTAMP('%H:%M:%S', " + c + ")"
		}
		columns = append(columns, "IFNULL("+text+", '-')")
	}
	from := t.id
	if from == "variables" {
		from = "(SELECT first_window, end_window, complete_before, election_day)"
	}
	return "SELECT CONCAT(" + strings.Join(columns, ", ' ', ") + ") AS line FROM " + from + ";\n"
}

// lines are the rows as query gives them, in order of their text.
func (t sqlTable) lines() []string {
	lines := []string{}
	for _, row := range t.rows {
		lines = append(lines, strings.Join(row, " "))
	}
	slices.Sort(lines)
	return lines
}
