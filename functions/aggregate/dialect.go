package aggregate

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
)

//go:embed sql/*.sql sql/postgres/*.sql
var sqlFiles embed.FS

// A dialect is the SQL of one kind of warehouse. Its files have the names of the steps.
type dialect struct {
	folder string
	// lacks are the steps that this warehouse doesn't need.
	lacks []string
	// parts are the statements of a step, where they have files of their own.
	parts map[string][]string
}

var (
	googleSQL = dialect{folder: "sql"}
	// The roll of a pass on PostgreSQL is an empty table unless roll fills it, and the
	// keys of its tables allow no row twice. It finds voters by an index, and bills nothing.
	postgreSQL = dialect{
		folder: "sql/postgres",
		lacks:  []string{"roll_none", "rebuild_repeated", "ballots_new", "shown_live_votes"},
		parts: map[string][]string{
			"fresh_records": {"fresh_rejects", "fresh_logs", "fresh_records"},
			"rivals":        {"held_ballots", "rivals"},
			"ballots":       {"ballots_known", "ballots"},
		},
	}
)

// freshTable is a table of raw that fresh.sql and rebuild_settled.sql read: what its rows
// are, and the columns that a pass needs of a record.
type freshTable struct {
	Raw     string
	What    string
	Columns []string

	Partitions, Above string // partitions.sql and above.sql, where the dialect has them
	Portion           bool   // whether those are for a pass, which may be over a portion
}

var freshTables = []freshTable{
	{Raw: "votes", What: "Votes", Columns: []string{"kafka_timestamp", "voter_key", "vote_id", "candidate", "candidate_image", "voted_at", "polling_station"}},
	{Raw: "voters", What: "Registrations", Columns: []string{"kafka_timestamp", "voter_key", "state", "age_group", "gender", "county", "precinct"}},
}

// rejects is the table of raw whose rows are only counted.
var rejects = freshTable{Raw: "rejects", What: "Rejected records"}

// rawTables are the tables of raw that hold records.
func rawTables() []freshTable { return append(slices.Clone(freshTables), rejects) }

// counting is how fresh_records.sql and chain.sql count the records of a partition on
// PostgreSQL.
type counting struct {
	Sums    bool   // by the sums in fresh_logs, where those show that no record is missing
	Rejects string // the table or query of the rejected records
}

// bySums is how a pass counts, which has many records.
var bySums = counting{Sums: true, Rejects: "fresh_rejects"}

// oneByOne is how readers count, who have few records: sums would cost more than they save.
func (d dialect) oneByOne() counting { return counting{Rejects: d.fresh(rejects, false).Above} }

// statement returns the SQL of a step, or of one of the statements around a pass. A step
// may be several statements. It panics if there is none of that name.
func (d dialect) statement(name string) string {
	var all []string
	for _, part := range d.partsOf(name) {
		all = append(all, d.part(part))
	}
	return strings.Join(all, ";\n")
}

// partsOf names the statements of a step.
func (d dialect) partsOf(name string) []string {
	if parts, has := d.parts[name]; has {
		return parts
	}
	return []string{name}
}

// part returns the SQL of one of the statements of a step.
func (d dialect) part(name string) string {
	switch name {
	case "poll", "portion":
		return d.look(name)
	case "fresh_votes":
		return execute(d.file("fresh"), d.fresh(freshTables[0], true))
	case "fresh_voters":
		return execute(d.file("fresh"), d.fresh(freshTables[1], true))
	case "fresh_rejects":
		return execute(d.file(name), d.fresh(rejects, true))
	case "fresh_records", "chain":
		return execute(d.file(name), bySums)
	case "fresh_logs":
		return execute(d.file(name), rawTables())
	case "roll":
		return d.withLogs(d.file(name))
	case "contenders", "rivals":
		return d.withRanking(d.withLogs(d.file(name)))
	case "settle":
		return execute(d.file(name), map[string]string{"chain": d.part("chain")})
	case "shown":
		return execute(d.file(name), map[string]string{"live": ""})
	case "shown_live":
		return execute(d.file("shown"), map[string]string{"live": d.liveChanges(true)})
	case "shown_live_votes":
		return execute(d.file("shown"), map[string]string{"live": d.liveChanges(false)})
	case "vote_windows", "ballots_added", "vote_windows_added":
		return d.withPortrait(d.file(name))
	case "rebuild_settled":
		return forEach(freshTables, d.file(name))
	case "rebuild_repeated":
		return forEach(windowTables, d.file(name))
	}
	return d.file(name)
}

// withLogs fills in logs.sql, where the dialect has it.
func (d dialect) withLogs(text string) string {
	if d.folder == postgreSQL.folder {
		return text
	}
	return execute(text, map[string]string{"logs": d.file("logs")})
}

// withRanking fills in the templates of ranking.sql, where the dialect has it.
func (d dialect) withRanking(text string) string {
	if d.folder != postgreSQL.folder {
		return text
	}
	return execute(d.file("ranking")+text, nil)
}

// withPortrait fills in portrait.sql, where the dialect has it.
func (d dialect) withPortrait(text string) string {
	if d.folder != postgreSQL.folder {
		return text
	}
	return execute(text, map[string]string{"portrait": functionBody(d.file("portrait"))})
}

// look returns the SQL of a query of what is new.
func (d dialect) look(name string) string {
	tables := rawTables()
	if d.folder != postgreSQL.folder {
		return execute(d.file("recent"), tables) + "\n" + d.file(name)
	}
	for i := range tables {
		tables[i].Partitions = d.partitions(tables[i], false)
	}
	return execute(d.file(name), tables)
}

// fresh returns a table with the query of the records that a pass or a reader reads, where the
// dialect has it.
func (d dialect) fresh(t freshTable, pass bool) freshTable {
	if d.folder == postgreSQL.folder {
		t.Portion = pass
		t.Partitions = d.partitions(t, true)
		t.Above = execute(d.file("above"), t)
	}
	return t
}

// partitions returns the query of the partitions of a table and their progress, for a look
// or for a pass.
func (d dialect) partitions(t freshTable, pass bool) string {
	return execute(d.file("partitions"), map[string]any{"Raw": t.Raw, "Pass": pass, "Portion": t.Portion})
}

// file returns the text of a file.
func (d dialect) file(name string) string {
	text, err := sqlFiles.ReadFile(d.folder + "/" + name + ".sql")
	if err != nil {
		panic(fmt.Sprintf("aggregate: %v", err))
	}
	return strings.TrimSpace(string(text))
}

// forEach executes a template for each table and separates the statements.
func forEach[T any](tables []T, text string) string {
	var statements []string
	for _, table := range tables {
		statements = append(statements, execute(text, table))
	}
	return strings.Join(statements, ";\n")
}

// execute fills in a template.
func execute(text string, data any) string {
	var b strings.Builder
	if err := template.Must(template.New("").Parse(text)).Execute(&b, data); err != nil {
		panic(fmt.Sprintf("aggregate: %v", err))
	}
	return b.String()
}
