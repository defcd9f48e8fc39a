package aggregate

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

// steps are the statements of a pass, in order. Data flows down: a step reads
// raw, the temporary tables above it, and tables that are already replaced.
var steps = []string{
	"fresh_votes",     // what is new
	"fresh_voters",    //
	"fresh_records",   //
	"roll",            // who is registered
	"voters",          //
	"contest",         // which vote counts
	"ballots",         //
	"duplicates",      //
	"touched_windows", // what changes with it
	"touched_range",   //
	"electorate_windows",
	"vote_windows",
	"book_windows",
	"vote_hours",
	"election_day",
	"hourly_trends", // what readers see
	"candidate_totals",
	"regional_turnout",
	"demographic_analysis",
	"settle", // what the next pass begins with
	"books",
}

// passScript is one pass: the steps in one transaction, then its progress.
var passScript = script(steps...)

// script puts steps between the declarations and the transaction that they
// need. Its result is that of progress.sql.
func script(names ...string) string {
	var b strings.Builder
	b.WriteString(`DECLARE first_window, end_window TIMESTAMP;
DECLARE election_day DATE;
BEGIN TRANSACTION;
`)
	for _, name := range names {
		b.WriteString(statement(name))
		b.WriteString(";\n")
	}
	b.WriteString("COMMIT TRANSACTION;\n")
	b.WriteString(statement("progress"))
	b.WriteString(";\n")
	return b.String()
}

// statement is the SQL of one file.
func statement(name string) string {
	text, err := sqlFiles.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(fmt.Sprintf("aggregate: %v", err))
	}
	return strings.TrimSpace(string(text))
}
