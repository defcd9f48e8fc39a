package aggregate

import "github.com/tallystream/tallystream/shared/election"

// A candidate is an element of @candidates in candidate_totals_counted.sql. An empty text
// means that the election file has none.
type candidate struct {
	ID       string `bigquery:"id" json:"id"`
	Name     string `bigquery:"name" json:"name"`
	Party    string `bigquery:"party" json:"party"`
	Portrait string `bigquery:"portrait" json:"portrait"`
}

// candidatesOf returns the candidates of the election file.
func candidatesOf(e *election.Election) []candidate {
	all := []candidate{}
	for _, c := range e.Candidates {
		all = append(all, candidate{ID: c.ID, Name: c.Name, Party: c.Party, Portrait: c.Portrait})
	}
	return all
}

// regionsOf returns the ids of the regions of the election file.
func regionsOf(e *election.Election) []string {
	all := []string{}
	for _, r := range e.Regions {
		all = append(all, r.ID)
	}
	return all
}
