package election

import (
	"fmt"
	"math/big"
	"strconv"
)

// Seats says that votes become seats, and by which rule.
type Seats struct {
	Method Method `yaml:"method" json:"method"`

	// Unit is what a seat is called: seats (the default), or electors.
	Unit Unit `yaml:"unit" json:"unit,omitempty"`

	// Total is how many seats are given out by the votes of all regions together. Where it
	// is 0, each region gives out seats of its own.
	Total int `yaml:"total" json:"total,omitempty"`

	// Threshold is the share of the votes, 0 to 1, that a candidate needs for any seat; 0
	// for none. ThresholdOf says of which votes: election (the default), or region.
	Threshold   float64 `yaml:"threshold" json:"threshold,omitempty"`
	ThresholdOf Scope   `yaml:"threshold_of" json:"threshold_of,omitempty"`
}

// Method is a rule by which votes become seats.
type Method string

const (
	Plurality   Method = "plurality"    // all seats of a region are for whoever has the most votes there
	DHondt      Method = "dhondt"       // highest averages: votes / 1, 2, 3, …
	SainteLague Method = "sainte_lague" // highest averages: votes / 1, 3, 5, …
)

// Unit is what seats are called.
type Unit string

// What seats are called.
const (
	UnitSeats    Unit = "seats"
	UnitElectors Unit = "electors"
)

// Scope is which votes a share is of.
type Scope string

// The scopes: all votes of the election, or those of a region.
const (
	ScopeElection Scope = "election"
	ScopeRegion   Scope = "region"
)

// mostSeats bounds the seats of an election: the largest parliament there is has some
// three thousand, and the page draws each of them.
const mostSeats = 3000

// Called is what seats are called.
func (s *Seats) Called() Unit {
	if s.Unit == "" {
		return UnitSeats
	}
	return s.Unit
}

// Bar is the threshold exactly, as the file writes it.
func (s *Seats) Bar() *big.Rat { return exactly(s.Threshold) }

// exactly is a number as a person writes it: a tenth, and not the float next to it.
func exactly(share float64) *big.Rat {
	bar, _ := new(big.Rat).SetString(strconv.FormatFloat(share, 'f', -1, 64))
	return bar
}

func (e *Election) validateSeats() (errs []error) {
	problem := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	given := 0
	for i, r := range e.Regions {
		switch {
		case r.Seats < 0:
			problem("regions[%d] (%s): %d seats: give how many the region has, or leave seats out", i, r.ID, r.Seats)
		case r.Seats > 0 && e.Seats == nil:
			problem("regions[%d] (%s): there are seats, but nothing says how they are given out: add seats with a method to the election", i, r.ID)
		}
		given += max(r.Seats, 0)
	}
	if e.Seats == nil {
		return errs
	}
	s := e.Seats
	proportional := s.Method == DHondt || s.Method == SainteLague
	if !proportional && s.Method != Plurality {
		problem("seats: method %q: use plurality, dhondt or sainte_lague", s.Method)
	}
	if s.Unit != "" && s.Unit != UnitSeats && s.Unit != UnitElectors {
		problem("seats: unit %q: use seats or electors", s.Unit)
	}
	switch {
	case s.Total < 0:
		problem("seats: total is %d: give how many seats there are, or leave it out where regions have their own", s.Total)
	case s.Total > 0 && given > 0:
		problem("seats: total is %d, and regions have %d seats of their own: give the one or the other", s.Total, given)
	case s.Total == 0 && given == 0:
		problem("seats: nobody knows how many there are: give total, or seats to regions")
	case max(s.Total, given) > mostSeats:
		problem("seats: there are %d, and %d are the most", max(s.Total, given), mostSeats)
	}
	if s.Total > 0 && s.Method == Plurality {
		problem("seats: total is for dhondt and sainte_lague: by plurality, regions have seats")
	}
	errs = append(errs, s.validateThreshold(proportional)...)
	return errs
}

func (s *Seats) validateThreshold(proportional bool) (errs []error) {
	problem := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch {
	case !(s.Threshold >= 0 && s.Threshold < 1):
		problem("seats: threshold is %v: write the share of the votes that it takes, such as 0.05", s.Threshold)
	case s.Threshold > 0 && !proportional:
		problem("seats: threshold is for dhondt and sainte_lague: by plurality, the most votes are enough")
	}
	switch {
	case s.ThresholdOf == "":
	case s.ThresholdOf != ScopeElection && s.ThresholdOf != ScopeRegion:
		problem("seats: threshold_of %q: use election or region", s.ThresholdOf)
	case s.Threshold == 0:
		problem("seats: threshold_of is given without a threshold")
	case s.ThresholdOf == ScopeRegion && s.Total > 0:
		problem("seats: threshold_of is region, but the seats are given out by the votes of all regions: write election, or leave it out")
	}
	return errs
}
