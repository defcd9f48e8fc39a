package dashboard

import (
	"maps"
	"slices"
)

// tableOf names the table that a section of the results comes from.
var tableOf = map[string]string{
	"candidates":   "analytics.candidate_totals",
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
	"regions":      {"region", "from", "to"},
	"hourly":       {"region", "from", "to"},
	"minutes":      {"region", "from", "to"},
	"demographics": {"region", "group"},
	"amendments":   {"from", "to"},
	"books":        {},
}

// sectionNames are the names of all sections, in order.
var sectionNames = slices.Sorted(maps.Keys(tableOf))

// sources tells where each section comes from, with links that keep the filter.
func sources(f Filter) map[string]Source {
	all := map[string]Source{}
	query := ""
	if !f.empty() {
		query = "?" + f.encode()
	}
	for name, table := range tableOf {
		if name == "candidates" && (f.Region != nil || f.timed()) || name == "regions" && f.timed() {
			table = tableOf["hourly"]
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
