// Package election is the domain: an election with its ballot, hours and
// regions, and the voters and votes that records on Kafka describe.
//
// It knows nothing of where records come from or where rows go. Parsing is a
// pure function of the election and the record, so that reading a record
// again gives the same result on any machine, at any time.
package election

import "time"

// Election is what is voted on. Without candidates the ballot is open: a
// candidate exists once a vote names it. Without regions any text is one.
// Without hours a vote may be cast at any time.
type Election struct {
	ID         string      `yaml:"id" json:"id"` // part of every voter key: changing it makes all voters strangers
	Name       string      `yaml:"name" json:"name"`
	Date       Date        `yaml:"date" json:"date,omitzero"`
	Opens      time.Time   `yaml:"opens" json:"opens,omitzero"`   // votes cast before don't count
	Closes     time.Time   `yaml:"closes" json:"closes,omitzero"` // nor do those cast at this time or after
	Candidates []Candidate `yaml:"candidates" json:"candidates,omitempty"`
	Regions    []Region    `yaml:"regions" json:"regions,omitempty"`

	// SmallCell is the least number of voters that a published figure about
	// a group may rest on; see SmallestGroup.
	SmallCell *int `yaml:"small_cell" json:"small_cell,omitempty"`

	// Portraits says which images from votes are kept; without it none are.
	Portraits *Portraits `yaml:"portraits" json:"portraits,omitempty"`
}

// defaultSmallestGroup is what statistical offices choose most often for open
// data; they suppress below 5 to 11 persons.
const defaultSmallestGroup = 10

// SmallestGroup is the number of voters below which nothing is published about
// a group by itself: small_cell, or 10 where the election doesn't say. An
// election that wants everything published says 0.
func (e *Election) SmallestGroup() int64 {
	if e.SmallCell == nil {
		return defaultSmallestGroup
	}
	return int64(*e.SmallCell)
}

// Candidate stands on the ballot. Votes name a candidate by id, name or an
// alias, in any spelling that folds to the same.
type Candidate struct {
	ID        string   `yaml:"id" json:"id"`
	Name      string   `yaml:"name" json:"name"`
	Party     string   `yaml:"party" json:"party,omitempty"`
	Colour    string   `yaml:"colour" json:"colour,omitempty"`     // #RRGGBB
	Portrait  string   `yaml:"portrait" json:"portrait,omitempty"` // URL
	Biography string   `yaml:"biography" json:"biography,omitempty"`
	Aliases   []string `yaml:"aliases" json:"aliases,omitempty"`
}

// Region is where voters are registered. Column and row, if any, place it on
// the tile map.
type Region struct {
	ID      string   `yaml:"id" json:"id"`
	Name    string   `yaml:"name" json:"name"`
	Aliases []string `yaml:"aliases" json:"aliases,omitempty"`
	Column  *int     `yaml:"col" json:"col,omitempty"`
	Row     *int     `yaml:"row" json:"row,omitempty"`
}

// OpenBallot is the election of a system that was given none.
func OpenBallot() *Election { return &Election{ID: "open", Name: "Open ballot"} }

// Open reports whether the ballot is open.
func (e *Election) Open() bool { return len(e.Candidates) == 0 }

// HasHours reports whether votes must be cast between Opens and Closes.
func (e *Election) HasHours() bool { return !e.Opens.IsZero() }
