// Package damage is changes of the tables that an audit has to find, for tests, and what it says of each.
package damage

import "slices"

// A Change is a change of tables.
type Change struct {
	Round                int // those of one round may be made at once, and don't touch each other: 1 to Rounds
	Name, Damage, Repair string
	Want                 string // a part of a finding
}

// Rounds is how many rounds there are.
const Rounds = 5

// Changed is a query of all rows of a table, one column of which has another value. WHERE
// and the like may follow.
type Changed func(table, column, value string) string

// Changes are such changes of every table, but for DoubledBallot.
func Changes(changed Changed) []Change {
	return slices.Concat(raw(changed), core(changed), analytics(changed))
}

// DoubledBallot is possible where tables have no keys.
var DoubledBallot = Change{
	2, "a doubled ballot",
	`INSERT INTO core.ballots SELECT * FROM core.ballots ORDER BY voter_key LIMIT 1`,
	`CREATE TABLE core.kept AS SELECT DISTINCT * FROM core.ballots;
	 DELETE FROM core.ballots WHERE TRUE; INSERT INTO core.ballots SELECT * FROM core.kept; DROP TABLE core.kept`,
	"copies is 2, want 1, by raw.votes and core.voters",
}
