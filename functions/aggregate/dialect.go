package aggregate

import (
	"slices"
	"strings"

	"github.com/tallystream/tallystream/shared/sqltemplate"
)

// A dialect is the SQL of one kind of warehouse. Its files have the names of the steps, of the
// queries around a pass, and of what those include. A file in sql is of both.
type dialect struct {
	sqltemplate.Dialect
	// lacks are the steps that this warehouse doesn't need.
	lacks []string
	// parts are the statements of a step, where they have files of their own.
	parts map[string][]string
}

var (
	googleSQL = dialect{
		Dialect: sqltemplate.GoogleSQL(sqlFiles, "sql/bigquery", googleSQLExpressions),
		parts:   map[string][]string{"rebuild_all": {"rebuild_all", "rebuild_shown_repeated"}},
	}
	// The roll of a pass on PostgreSQL is an empty table unless roll fills it, and the
	// keys of its tables allow no row twice. It finds voters by an index, and bills nothing.
	postgreSQL = dialect{
		Dialect: sqltemplate.PostgreSQL(sqlFiles, "sql/postgres", postgreSQLExpressions),
		lacks:   []string{"roll_none", "rebuild_repeated", "ballots_new", "shown_live_votes"},
		parts: map[string][]string{
			"fresh_records": {"fresh_rejects", "fresh_logs", "fresh_records"},
			"rivals":        {"held_ballots", "rivals"},
			"ballots":       {"ballots_known", "ballots"},
			"settle":        {"settle_lock", "settle"},
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
	Pass              bool   // whether those are for a pass, which may be over a portion, and not for a reader
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
// PostgreSQL. BigQuery has one way.
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
		return d.Text("fresh", d.fresh(freshTables[0], true))
	case "fresh_voters":
		return d.Text("fresh", d.fresh(freshTables[1], true))
	case "fresh_rejects":
		return d.Text(name, d.fresh(rejects, true))
	case "fresh_records", "chain", "settle":
		return d.Text(name, bySums)
	case "fresh_logs":
		return d.Text(name, rawTables())
	case "shown":
		return d.Text(name, map[string]string{"live": ""})
	case "shown_live":
		return d.Text("shown", map[string]string{"live": d.liveChanges(true)})
	case "shown_live_votes":
		return d.Text("shown", map[string]string{"live": d.liveChanges(false)})
	case "rebuild_settled":
		return forEach(d, name, freshTables)
	case "rebuild_repeated":
		return forEach(d, name, windowTables)
	}
	return d.Text(name, nil)
}

// look returns the SQL of a query of what is new.
func (d dialect) look(name string) string {
	tables := rawTables()
	if d.Folder != postgreSQL.Folder {
		return d.Text("recent", tables) + "\n" + d.Text(name, nil)
	}
	for i := range tables {
		tables[i].Partitions = d.partitions(tables[i], false)
	}
	return d.Text(name, tables)
}

// fresh returns a table with the query of the records that a pass or a reader reads, where the
// dialect has it.
func (d dialect) fresh(t freshTable, pass bool) freshTable {
	if d.Folder == postgreSQL.Folder {
		t.Pass = pass
		t.Partitions = d.partitions(t, true)
		t.Above = d.Text("above", t)
	}
	return t
}

// partitions returns the query of the partitions of a table and their progress. It is bounded
// where there is an offset below which nobody reads: for passes and readers, not for a look.
func (d dialect) partitions(t freshTable, bounded bool) string {
	return d.Text("partitions", map[string]any{"Raw": t.Raw, "Bounded": bounded, "Pass": t.Pass})
}

// forEach returns the text of a file for each table, as statements.
func forEach[T any](d dialect, name string, tables []T) string {
	var statements []string
	for _, table := range tables {
		statements = append(statements, d.Text(name, table))
	}
	return strings.Join(statements, ";\n")
}
