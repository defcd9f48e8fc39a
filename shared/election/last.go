package election

import (
	"fmt"
	"maps"
	"slices"
)

// Last is the election before this one: what its results are compared with.
type Last struct {
	Name  string `yaml:"name" json:"name"` // as readers call it: 2022
	Past  `yaml:",inline"`
	Seats map[string]int `yaml:"seats" json:"seats,omitempty"` // by id of a candidate
}

// Past is the result of an earlier election, of a region or of all. Without votes of all,
// they are those of all regions together.
type Past struct {
	Votes      map[string]int64 `yaml:"votes" json:"votes,omitempty"`           // by id of a candidate
	Others     int64            `yaml:"others" json:"others,omitempty"`         // for those who don't stand this time
	Registered int64            `yaml:"registered" json:"registered,omitempty"` // voters; 0 where nobody knows
}

// Sum is how many votes there were.
func (p Past) Sum() int64 {
	sum := p.Others
	for _, n := range p.Votes {
		sum += n
	}
	return sum
}

// And is the sum of two results. How many were registered isn't known unless it is of both.
func (p Past) And(q Past) Past {
	sum := Past{Votes: map[string]int64{}, Others: p.Others + q.Others}
	for _, one := range []Past{p, q} {
		for id, n := range one.Votes {
			sum.Votes[id] += n
		}
	}
	if p.Registered > 0 && q.Registered > 0 {
		sum.Registered = p.Registered + q.Registered
	}
	return sum
}

func (e *Election) validateLast() (errs []error) {
	problem := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	without := 0 // regions
	for i, r := range e.Regions {
		switch {
		case r.Last == nil:
			without++
		case e.Last == nil:
			problem("regions[%d] (%s): there is a result of last time, but nothing says when that was: add last with a name to the election", i, r.ID)
		default:
			errs = append(errs, e.validatePast(fmt.Sprintf("regions[%d] (%s): last", i, r.ID), *r.Last)...)
		}
	}
	if e.Last == nil {
		return errs
	}
	if e.Last.Name == "" {
		problem("last: name is missing: write what readers call that election, such as its year")
	}
	switch {
	case e.Open():
		problem("last: the ballot is open: list the candidates that its votes were for")
	case len(e.Last.Votes) > 0 || e.Last.Others != 0:
		errs = append(errs, e.validatePast("last", e.Last.Past)...)
	case without > 0 || len(e.Regions) == 0:
		problem("last: votes are missing: give those of all, or those of every region (%d have none)", without)
	}
	if e.Last.Seats != nil && e.Seats == nil {
		problem("last: seats are given, but this election gives out none")
	}
	for _, id := range slices.Sorted(maps.Keys(e.Last.Seats)) {
		if !e.stands(id) || e.Last.Seats[id] < 0 {
			problem("last: seats of %q are %d: give candidates of this election by id, and how many they had", id, e.Last.Seats[id])
		}
	}
	return errs
}

func (e *Election) validatePast(where string, p Past) (errs []error) {
	for _, id := range slices.Sorted(maps.Keys(p.Votes)) {
		switch {
		case !e.stands(id):
			errs = append(errs, fmt.Errorf("%s: %q isn't the id of a candidate: add the votes of who doesn't stand any more to others", where, id))
		case p.Votes[id] < 0:
			errs = append(errs, fmt.Errorf("%s: %q had %d votes: give how many they were", where, id, p.Votes[id]))
		}
	}
	if p.Others < 0 || p.Registered < 0 {
		errs = append(errs, fmt.Errorf("%s: others (%d) and registered (%d) are numbers of votes and of voters", where, p.Others, p.Registered))
	}
	if sum := p.Sum(); sum <= 0 || p.Registered > 0 && sum > p.Registered {
		errs = append(errs, fmt.Errorf("%s: there were %d votes of %d registered voters: give votes by candidate, and no more than there were voters", where, sum, p.Registered))
	}
	return errs
}

// stands says whether there is a candidate with an id.
func (e *Election) stands(id string) bool {
	return slices.ContainsFunc(e.Candidates, func(c Candidate) bool { return c.ID == id })
}
