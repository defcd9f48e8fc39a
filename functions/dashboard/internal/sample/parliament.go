package sample

import (
	"fmt"
	"testing"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/shared/election"
)

// Constituencies and parties of a parliament.
const (
	constituencies = 650
	parties        = 16
)

// ParliamentElection is an election of sixteen parties in 650 constituencies, on the day
// before, none of which has a place on a map.
func ParliamentElection(t testing.TB) *election.Election {
	t.Helper()
	day := civil.DateOf(time.Now().UTC()).AddDays(-1)
	midnight := day.In(time.UTC)
	e := &election.Election{
		ID: "parliament-" + day.String(), Name: "Parliamentary election", Date: election.Date{Date: day},
		Opens: midnight.Add(12 * time.Hour), Closes: midnight.Add(30 * time.Hour),
		Seats: &election.Seats{Method: election.Plurality},
	}
	kinds := []string{"Civic Union", "Progress Alliance", "Green Compact", "Independents", "Common Ground", "Rural League", "Harbour Party", "New Liberals"}
	for i := range parties {
		name := kinds[i%len(kinds)]
		if i >= len(kinds) {
			name += " of the North"
		}
		e.Candidates = append(e.Candidates, election.Candidate{ID: fmt.Sprintf("party-%02d", i+1), Name: name, Party: "List " + fmt.Sprint(i+1)})
	}
	first := []string{"Ash", "Barrow", "Castle", "Dun", "East", "Fern", "Great Marl", "Hollow", "Isle of Kell", "Kings"}
	last := []string{"bridge", "combe", "dale", "field", "ford", "ham", "haven", "leigh", "minster", "mouth", "stead", "ton", "wick"}
	where := []string{"", " Central", " North", " South", " and the Vales"}
	for i := range constituencies {
		name := first[i%10] + last[i/10%13] + where[i/130]
		e.Regions = append(e.Regions, election.Region{ID: fmt.Sprintf("K%03d", i+1), Name: name, Seats: 1})
	}
	return e
}
