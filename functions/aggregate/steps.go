package aggregate

import "slices"

// steps are the statements of a pass on BigQuery, and of a rebuild on each warehouse, in order.
// A statement reads raw, the temporary tables of the statements above it, and tables that they
// have replaced. Its text is sql/NAME.sql, or that of the warehouse's folder in sql.
// A pass on PostgreSQL runs those of adding instead. A step of what is shown is another thing:
// shown_step.go.
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
	"rejections",
	"books",
}

// late are the steps that run only if the pass touches a minute that was complete.
var late = []string{"published", "amendments", "amendments_added"}

// added are the steps that a pass on PostgreSQL runs in the place of those that count
// minutes and hours again: they add what the pass changes. Rebuilds count again.
// Most voters of a pass have one record, which rivals leaves to ballots_added.
var added = map[string][]string{
	"contenders":         {"rivals"},
	"ballots":            {"duplicates", "ballots_known", "ballots_added"},
	"duplicates":         nil, // ballots_added reads what they have added
	"touched_windows":    {"touched_windows_added"},
	"electorate_windows": {"electorate_windows_added"},
	"published":          nil, // amendments_added knows by how much votes have changed
	"vote_windows":       {"vote_windows_added"},
	"amendments":         {"amendments_added"},
	"book_windows":       {"book_windows_added"},
	"vote_hours":         {"vote_hours_added"},
}

// adding returns steps in which those that count again are replaced by those of added.
func adding(steps []string) []string {
	var all []string
	for _, step := range steps {
		if instead, has := added[step]; has {
			all = append(all, instead...)
		} else {
			all = append(all, step)
		}
	}
	return all
}

// Steps names the statements of a pass, in order.
func Steps() []string { return slices.Clone(steps) }

// PostgresSteps names the statements of a pass on PostgreSQL, in order.
func PostgresSteps() []string { return adding(steps) }

// StepsWithoutVoters names the statements of a pass without registrations.
func StepsWithoutVoters() []string { return withoutVoters() }

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

// rebuildAllSteps are the steps of a rebuild of everything: a pass that finds nothing
// settled.
func rebuildAllSteps() []string {
	all := []string{"rebuild_all"}
	for _, step := range steps {
		all = append(all, step)
		if step == "shown" {
			all = append(all, "rebuild_shown")
		}
	}
	return all
}

// rebuildSteps are the steps of a rebuild of a range: a pass in which all records of
// the range's voters are new.
func rebuildSteps() []string {
	all := []string{"rebuild_affected", "rebuild_outdated", "rebuild_forget"}
	for _, step := range steps {
		switch step {
		case "fresh_records":
			all = append(all, step, "rebuild_settled")
		case "touched_windows":
			all = append(all, "rebuild_windows")
		case "touched_range":
			all = append(all, step, "published", "rebuild_repeated")
		case "published": // it ran after touched_range, before rows are deleted
		case "election_day":
			all = append(all, step, "rebuild_totals")
		case "shown":
			all = append(all, step, "rebuild_shown")
		default:
			all = append(all, step)
		}
	}
	return all
}
