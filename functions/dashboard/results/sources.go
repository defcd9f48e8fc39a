package results

import (
	"maps"
	"slices"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
)

// TableOf names the table that a section of the results comes from.
var TableOf = map[string]string{
	"candidates":   "analytics.candidate_totals",
	"seats":        "analytics.hourly_trends",
	"areas":        "analytics.regional_turnout",
	"regions":      "analytics.regional_turnout",
	"hourly":       "analytics.hourly_trends",
	"minutes":      "analytics.minute_trends",
	"demographics": "analytics.demographic_analysis",
	"amendments":   "analytics.amendments",
	"books":        "analytics.books",
}

// filtersOf names the filters that a section obeys: those that its table has a
// column for. Candidates by region and hour are those of hourly_trends.
var filtersOf = map[string][]string{
	"candidates":   {"region", "from", "to"},
	"seats":        {"region"},
	"areas":        {"from", "to"},
	"regions":      {"region", "from", "to"},
	"hourly":       {"region", "from", "to"},
	"minutes":      {"region", "from", "to"},
	"demographics": {"region", "group"},
	"amendments":   {"from", "to"},
	"books":        {},
}

// Sections are the names of all sections, in order.
var Sections = slices.Sorted(maps.Keys(TableOf))

// sources tells where each section comes from, with links that keep the filter.
func sources(f filter.Filter) map[string]Source {
	all := map[string]Source{}
	query := ""
	if !f.Empty() {
		query = "?" + f.Encode()
	}
	for name, table := range TableOf {
		if name == "candidates" && (f.Region != nil || f.Timed()) || (name == "regions" || name == "areas") && f.Timed() {
			table = TableOf["hourly"]
		}
		address := "api/v1/" + name
		all[name] = Source{
			Table:   table,
			JSON:    address + ".json" + query,
			CSV:     address + ".csv" + query,
			Filters: filtersOf[name],
		}
	}
	return all
}
