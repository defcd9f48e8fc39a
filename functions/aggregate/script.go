package aggregate

import (
	"slices"
	"strings"
)

// declarations are the variables of the script. Some steps set them, later ones
// read them.
const declarations = `DECLARE first_window, end_window, complete_before TIMESTAMP;
DECLARE election_day DATE;
`

// script is a multi-statement query of BigQuery: steps in one transaction, then the
// progress after it, which is its result.
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

// Declarations declares the variables that the statements of a pass share on BigQuery.
func Declarations() string { return declarations }

// Statement returns the SQL of a step on BigQuery, or of one of the statements around a
// pass: poll, portion, progress, shown_live and shown_live_votes. It panics if there is
// none of that name.
func Statement(name string) string { return googleSQL.statement(name) }
