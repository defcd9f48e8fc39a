package aggregate

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

// steps are the statements of a pass, in order. A statement reads raw, the
// temporary tables of the statements above it, and tables that they have replaced.
var steps = []string{
	"fresh_votes", // new records
	"fresh_voters",
	"fresh_records",
	"roll", // who is registered
	"voters",
	"contenders", // which vote counts
	"ballots",
	"duplicates",
	"touched_windows", // the minutes that change
	"touched_range",
	"electorate_windows",
	"published",
	"vote_windows",
	"amendments",
	"book_windows",
	"vote_hours",
	"election_day",
	"hourly_trends", // the results
	"shown",
	"candidate_totals",
	"regional_turnout",
	"demographic_analysis",
	"settle", // where the next pass begins
	"books",
}

// declarations are the variables of the script. Some steps set them, later ones
// read them.
const declarations = `DECLARE first_window, end_window, complete_before TIMESTAMP;
DECLARE election_day DATE;
`

// late are the steps that run only if the pass touches a minute that was complete.
var late = []string{"published", "amendments"}

// withoutVoters are the steps of a pass without registrations. Those that only
// registrations need are left out, and the roll is empty.
func withoutVoters() []string {
	var kept []string
	for _, step := range steps {
		switch step {
		case "voters", "electorate_windows":
		case "roll":
			kept = append(kept, "roll_none")
		default:
			kept = append(kept, step)
		}
	}
	return kept
}

// script is a multi-statement query: steps in one transaction, then the progress
// after it, which is its result.
func script(steps []string) string {
	var b strings.Builder
	b.WriteString(declarations)
	b.WriteString("BEGIN TRANSACTION;\n")
	for _, name := range steps {
		statement := Statement(name) + ";\n"
		switch {
		case slices.Contains(late, name):
			statement = "IF first_window < complete_before THEN\n" + statement + "END IF;\n"
		case name == "ballots":
			statement = "IF EXISTS (SELECT 1 FROM contenders WHERE held AND moved) THEN\n" + statement +
				"ELSE\n" + Statement("ballots_new") + ";\nEND IF;\n"
		}
		b.WriteString(statement)
	}
	b.WriteString("COMMIT TRANSACTION;\n")
	b.WriteString(Statement("progress") + ";\n")
	return b.String()
}

// Steps names the statements of a pass, in order.
func Steps() []string { return slices.Clone(steps) }

// StepsWithoutVoters names the statements of a pass without registrations.
func StepsWithoutVoters() []string { return withoutVoters() }

// Declarations declares the variables that the statements of a pass share.
func Declarations() string { return declarations }

// Statement returns the SQL of a step, or of one of the statements around a pass: poll,
// portion, progress, shown_live and shown_live_votes. It panics if there is none of that name.
func Statement(name string) string {
	switch name {
	case "poll", "portion":
		return file("recent") + "\n" + file(name)
	case "fresh_votes":
		return forEach(freshTables[:1], file("fresh"))
	case "fresh_voters":
		return forEach(freshTables[1:], file("fresh"))
	case "roll", "contenders":
		return execute(file(name), map[string]string{"logs": file("logs")})
	case "settle":
		return execute(file(name), map[string]string{"chain": file("chain")})
	case "shown":
		return execute(file(name), map[string]string{"live": ""})
	case "shown_live":
		return execute(file("shown"), map[string]string{"live": liveChanges(true)})
	case "shown_live_votes":
		return execute(file("shown"), map[string]string{"live": liveChanges(false)})
	case "rebuild_settled":
		return forEach(freshTables, file(name))
	case "rebuild_repeated":
		return forEach(windowTables, file(name))
	}
	return file(name)
}

// freshTables are the raw tables that fresh.sql and rebuild_settled.sql read: what their
// rows are, and the columns that a pass needs of a record.
var freshTables = []struct {
	Raw     string
	What    string
	Columns []string
}{
	{"votes", "Votes", []string{"kafka_timestamp", "voter_key", "vote_id", "candidate", "candidate_image", "voted_at", "polling_station"}},
	{"voters", "Registrations", []string{"kafka_timestamp", "voter_key", "state", "age_group", "gender", "county", "precinct"}},
}

// file returns the text of a file of sql.
func file(name string) string {
	text, err := sqlFiles.ReadFile("sql/" + name + ".sql")
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
