// Package sample makes elections and their analytics tables for the tests of the
// dashboard: a small one that a reader can add up, one of any size, and a whole
// country. Equal arguments make equal tables.
package sample

import (
	_ "embed"
	"os"
	"path/filepath"
	"testing"

	"github.com/tallystream/tallystream/shared/election"
)

// ElectionYAML is an election with candidates, hours and some regions.
const ElectionYAML = `
id: general-2026
name: General Election 2026
date: 2026-11-03
opens: 2026-11-03T12:00:00Z
closes: 2026-11-04T02:00:00Z
portraits: {from_votes: true, hosts: [example.org]}
candidates:
  - {id: rivera, name: Elena Rivera, party: Civic Union, biography: Former mayor of a harbour city who rebuilt its tram lines.}
  - {id: chen, name: David Chen, party: Progress Alliance, biography: Teacher and three-term senator.}
  - {id: okafor, name: Ngozi Okafor, party: Green Compact, biography: Hydrologist and campaigner for rivers.}
  - {id: lindqvist, name: Astrid Lindqvist, party: Independent}
regions:
  - {id: CA, name: California}
  - {id: NM, name: New Mexico}
  - {id: NY, name: New York}
  - {id: TX, name: Texas}
  - {id: VT, name: Vermont}
  - {id: WY, name: Wyoming}
`

// Election is an election with candidates, hours and some regions.
func Election(t testing.TB) *election.Election {
	t.Helper()
	e, err := election.Parse([]byte(ElectionYAML))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

//go:embed country.yaml
var countryYAML []byte

// CountryElection is an election of five candidates in fifty-one regions, held two
// days ago.
func CountryElection(t testing.TB) *election.Election {
	t.Helper()
	e, err := election.Parse(countryYAML)
	if err != nil {
		t.Fatal(err)
	}
	outlines, err := os.ReadFile(filepath.Join(root(t), "local", "simulate", "states.topojson"))
	if err != nil {
		t.Fatal(err)
	}
	e.Map = &election.Map{Outlines: &election.Outlines{Data: string(outlines), Projection: election.Planar}}
	twoDaysAgo(e, "simulated")
	return e
}
