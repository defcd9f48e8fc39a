// Package election describes an election: its candidates, voting hours and regions.
// It reads and checks the election file (load.go, validate.go).
//
// What records on Kafka say of voters and votes is read by the packages below it:
//
//	record      the fields of a voter and of a vote, and the rule for each
//	envelope    the forms that producers send the JSON object of a record in
//	canonical   the one form in which names and ids are compared
//	timestamp   the forms of times and days
//	decimal     numbers, exactly
//	rejection   why a record can't be counted
//	pseudonym   the keys that tables hold instead of voters' ids
//
// None of them knows where records come from or where rows go.
package election

import "time"

// Election is the content of an election file. Without candidates the ballot is open:
// a candidate exists once a vote names it. Without regions any text is a region.
// Without hours a vote may be cast at any time.
type Election struct {
	ID         string      `yaml:"id" json:"id"` // part of every voter key: changing it makes all voters strangers
	Name       string      `yaml:"name" json:"name"`
	Date       Date        `yaml:"date" json:"date,omitzero"`
	Opens      time.Time   `yaml:"opens" json:"opens,omitzero"`   // votes cast earlier don't count
	Closes     time.Time   `yaml:"closes" json:"closes,omitzero"` // votes cast at this time or later don't count
	Candidates []Candidate `yaml:"candidates" json:"candidates,omitempty"`
	Areas      []Area      `yaml:"areas" json:"areas,omitempty"` // that regions lie in
	Regions    []Region    `yaml:"regions" json:"regions,omitempty"`

	// Seats says how votes become seats; without it they don't.
	Seats *Seats `yaml:"seats" json:"seats,omitempty"`

	// Referendum says that the election puts a question.
	Referendum *Referendum `yaml:"referendum" json:"referendum,omitempty"`

	// Map says how the page draws the regions; without it as tiles, or as hexagons.
	Map *Map `yaml:"map" json:"map,omitempty"`

	// Last is the election before this one; without it nothing is compared.
	Last *Last `yaml:"last" json:"last,omitempty"`

	// SmallCell is the least number of voters in a group that figures are
	// published about; see SmallestGroup.
	SmallCell *int `yaml:"small_cell" json:"small_cell,omitempty"`

	// Portraits says which images from votes are kept; without it none are.
	Portraits *Portraits `yaml:"portraits" json:"portraits,omitempty"`
}

// defaultSmallestGroup is the number that statistical offices choose most often for
// open data. They suppress figures about fewer than 5 to 11 persons.
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

// MaxTextBytes is the most that a text of a record, or a name of an election file, may
// have. Ids and names are cluster keys of tables, and BigQuery clusters by the first
// 1,024 characters.
const MaxTextBytes = 1024

// Candidate stands on the ballot. Votes name a candidate by id, name or an
// alias, in any spelling with the same [canonical.Fold].
type Candidate struct {
	ID        string   `yaml:"id" json:"id"`
	Name      string   `yaml:"name" json:"name"`
	Party     string   `yaml:"party" json:"party,omitempty"`
	Colour    string   `yaml:"colour" json:"colour,omitempty"`     // #RRGGBB
	Portrait  string   `yaml:"portrait" json:"portrait,omitempty"` // URL
	Biography string   `yaml:"biography" json:"biography,omitempty"`
	Aliases   []string `yaml:"aliases" json:"aliases,omitempty"`
}

// Region is where voters are registered. Column and row are its place on the tile map,
// counted from 0; both are nil if it has none. On the map of hexagons, odd rows are half a
// hexagon further to the right.
type Region struct {
	ID      string   `yaml:"id" json:"id"`
	Name    string   `yaml:"name" json:"name"`
	Aliases []string `yaml:"aliases" json:"aliases,omitempty"`
	Column  *int     `yaml:"col" json:"col,omitempty"`
	Row     *int     `yaml:"row" json:"row,omitempty"`
	Parent  string   `yaml:"parent" json:"parent,omitempty"` // id of its area, where there are areas
	Seats   int      `yaml:"seats" json:"seats,omitempty"`   // that its votes give out
	Last    *Past    `yaml:"last" json:"last,omitempty"`     // its result in the election before
}

// Area is several regions together. Records name regions, never areas.
type Area struct {
	ID   string `yaml:"id" json:"id"`
	Name string `yaml:"name" json:"name"`
}

// OpenBallot returns the election of a system that was given no election file.
func OpenBallot() *Election { return &Election{ID: "open", Name: "Open ballot"} }

// Open reports whether the ballot is open.
func (e *Election) Open() bool { return len(e.Candidates) == 0 }

// HasHours reports whether votes must be cast between Opens and Closes.
func (e *Election) HasHours() bool { return !e.Opens.IsZero() }
