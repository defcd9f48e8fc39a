package aggregate

import (
	"embed"
	"slices"
	"strings"
	"text/template"
)

//go:embed sql
var sqlFiles embed.FS

// googleSQLExpressions are what the statements of a pass write in another way on each warehouse,
// besides the expressions of all statements.
var googleSQLExpressions = template.FuncMap{
	"variable":    func(name string) string { return name }, // that a step has set for those after it
	"fill":        func(table, _ string) string { return "CREATE TEMP TABLE " + table + " AS" },
	"minuteAfter": func(x string) string { return "TIMESTAMP_ADD(" + x + ", INTERVAL 1 MINUTE)" },
	"candidates":  func() string { return "UNNEST(@candidates)" },
	"regions":     func() string { return "UNNEST(@regions) AS state" },
	"liveVotes":   func() string { return "UNNEST(live.votes) AS v" },
	"any":         func() string { return " 1" }, // what a query selects that is only asked whether it has a row
}

// postgreSQLExpressions are those on PostgreSQL. A pass has UTC for its time zone, so that minute
// and hour name none; hour takes parameters too, whose type PostgreSQL must be told.
var postgreSQLExpressions = template.FuncMap{
	"variable":    func(name string) string { return "@" + name },
	"fill":        func(table, columns string) string { return "INSERT INTO " + table + " (" + columns + ")" },
	"minute":      func(x string) string { return "date_trunc('minute', " + x + ")" },
	"hour":        func(x string) string { return "date_trunc('hour', " + x + "::timestamptz)" },
	"minuteAfter": func(x string) string { return x + " + interval '1 minute'" },
	"candidates": func() string {
		return "jsonb_to_recordset(@candidates::jsonb) AS c (id text, name text, party text, portrait text)"
	},
	"regions": func() string { return "unnest(@regions::text[]) AS state" },
	"liveVotes": func() string {
		return "jsonb_to_recordset(live.votes) AS v (window_start timestamptz, state text, candidate text, votes bigint)"
	},
	"any":    func() string { return "" },
	"values": values,
	"words":  strings.Fields,
}

// values are data for a file that is included: names, each with its value behind it.
func values(pairs ...string) map[string]string {
	all := map[string]string{}
	for pair := range slices.Chunk(pairs, 2) {
		all[pair[0]] = pair[1]
	}
	return all
}
