package aggregate

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed sql/*.sql sql/include/*.sql
var sqlFiles embed.FS

// steps are the statements of a pass, in order. Data flows down: a step reads
// raw, the temporary tables above it, and tables that are already replaced.
var steps = []string{
	"fresh_votes",     // what is new
	"fresh_voters",    //
	"fresh_records",   //
	"roll",            // who is registered
	"voters",          //
	"contenders",         // which vote counts
	"ballots",         //
	"duplicates",      //
	"touched_windows", // what changes with it
	"touched_range",   //
	"electorate_windows",
	"published",
	"vote_windows",
	"amendments",
	"book_windows",
	"vote_hours",
	"election_day",
	"hourly_trends", // what readers see
	"shown",
	"candidate_totals",
	"regional_turnout",
	"demographic_analysis",
	"settle", // what the next pass begins with
	"books",
}

// declarations are the variables that steps set and read.
const declarations = `DECLARE first_window, end_window, complete_before TIMESTAMP;
DECLARE election_day DATE;
`

// late are the steps of a pass that touches a minute which was complete.
var late = []string{"published", "amendments"}

// The scripts of a pass: with registrations, and without.
var passScript, votesScript = script(steps), script(withoutVoters())

// withoutVoters are the steps of a pass without registrations: it leaves out
// what it has no use for, and has a roll that is empty.
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

// script puts steps into one transaction; its result is the progress after it.
func script(steps []string) string {
	var b strings.Builder
	b.WriteString(declarations)
	b.WriteString("BEGIN TRANSACTION;\n")
	for _, name := range steps {
		statement := Statement(name) + ";\n"
		if slices.Contains(late, name) {
			statement = "IF first_window < complete_before THEN\n" + statement + "END IF;\n"
		}
		b.WriteString(statement)
	}
	b.WriteString("COMMIT TRANSACTION;\n")
	b.WriteString(Statement("progress") + ";\n")
	return b.String()
}

// Steps names the statements of a pass, in order.
func Steps() []string { return slices.Clone(steps) }

// StepsWithoutVoters names those of a pass that found no registration.
func StepsWithoutVoters() []string { return withoutVoters() }

// Declarations declares the variables that the statements of a pass share.
func Declarations() string { return declarations }

// Statement is the SQL of one step, or of one of the queries around a pass (poll,
// portion, progress). It panics when there is none of that name.
func Statement(name string) string {
	lines := strings.Split(read(name), "\n")
	for i, line := range lines {
		text := strings.TrimLeft(line, " ")
		if fragment, ok := strings.CutPrefix(text, include); ok {
			indent := line[:len(line)-len(text)]
			lines[i] = indent + strings.ReplaceAll(read("include/"+fragment), "\n", "\n"+indent)
		}
	}
	return strings.Join(lines, "\n")
}

// include is how a line begins that stands for a file of sql/include: what several
// statements share. In a fragment of that name, r is the record.
const include = "-- include "

func read(name string) string {
	text, err := sqlFiles.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(fmt.Sprintf("aggregate: %v", err))
	}
	return strings.TrimSpace(string(text))
}
