package plot

import (
	"cmp"
	"slices"
	"time"
)

// Series are what charts over time draw: those of the page, and the pictures of them. The page holds them as JSON too,
// for the reading of a moment. Times are in milliseconds since 1970.
type Series struct {
	Minutes    []MinutePoint `json:"minutes"` // those without votes too
	Hours      []HourPoint   `json:"hours"`   // the same
	Shares     []SharePoint  `json:"shares"`
	Candidates []Candidate   `json:"candidates"` // by votes
	Lines      int           `json:"lines"`      // candidates that have one: the first
}

// MinutePoint is the votes of a minute.
type MinutePoint struct {
	At       int64            `json:"at"`
	Votes    int64            `json:"votes"`
	By       map[string]int64 `json:"candidates,omitempty"` // none where they aren't shown
	Complete bool             `json:"complete,omitempty"`   // and so are all before it
	Amended  *int64           `json:"amended,omitempty"`    // by how much, after it had been complete
}

// HourPoint is the votes of an hour.
type HourPoint struct {
	At       int64            `json:"at"`
	Votes    int64            `json:"votes"`
	By       map[string]int64 `json:"candidates,omitempty"`
	Complete bool             `json:"complete,omitempty"`
}

// SharePoint is the candidates' shares of all votes that are shown of those cast up to a time.
type SharePoint struct {
	At     int64              `json:"at"`
	Shares map[string]float64 `json:"shares"`
}

// Candidate is a candidate with the shape and colour that the page has for them.
type Candidate struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Short  string `json:"short"` // for a line: the family name of a person, who has a party
	Colour string `json:"colour"`
	Mark   int    `json:"mark"`
}

// BusiestMinute is the first minute that none has more votes than. There has to be one.
func (s Series) BusiestMinute() MinutePoint {
	return slices.MaxFunc(s.Minutes, func(a, b MinutePoint) int { return cmp.Compare(a.Votes, b.Votes) })
}

// BusiestHour is the first hour that none has more votes than. There has to be one.
func (s Series) BusiestHour() HourPoint {
	return slices.MaxFunc(s.Hours, func(a, b HourPoint) int { return cmp.Compare(a.Votes, b.Votes) })
}

// LastComplete is the place of the last minute that is complete; 0 where none is.
func (s Series) LastComplete() int {
	last := 0
	for i, m := range s.Minutes {
		if m.Complete {
			last = i
		}
	}
	return last
}

// MostShare is the greatest share of those who have a line.
func (s Series) MostShare() float64 {
	most := 0.0
	for _, point := range s.Shares {
		for _, c := range s.Candidates[:s.Lines] {
			most = max(most, point.Shares[c.ID])
		}
	}
	return most
}

// Part is a part of a column, from a number of votes to another.
type Part struct{ From, To int64 }

// Column is the parts of an hour's column on top of one another: those of the candidates, and last what isn't shown by
// candidate.
func (s Series) Column(h HourPoint) []Part {
	parts, upto := make([]Part, 0, len(s.Candidates)+1), int64(0)
	for _, c := range s.Candidates {
		parts = append(parts, Part{upto, upto + h.By[c.ID]})
		upto += h.By[c.ID]
	}
	return append(parts, Part{upto, max(upto, h.Votes)})
}

func at(milliseconds int64) time.Time { return time.UnixMilli(milliseconds).UTC() }
