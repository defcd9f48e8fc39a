package election

import (
	"fmt"
	"math/big"
)

// Referendum says that the election puts a question. Its candidates are the answers.
type Referendum struct {
	Question string `yaml:"question" json:"question"`

	// Answer is the id of the candidate that needs the shares below to be accepted. Without
	// one there are only answers, and how many votes each has.
	Answer string `yaml:"answer" json:"answer,omitempty"`

	// Majority is the share of the votes, 0.5 to 1, of which the answer needs more; 0 for
	// a half. Turnout is the share of the registered voters that must have voted, and OfRegistered
	// the share of them that must have given the answer; 0 for any.
	Majority     float64 `yaml:"majority" json:"majority,omitempty"`
	Turnout      float64 `yaml:"turnout" json:"turnout,omitempty"`
	OfRegistered float64 `yaml:"of_registered" json:"of_registered,omitempty"`
}

// Needs are the shares that the answer needs, exactly as the file writes them: of the
// votes, of which it needs more, and of registered voters. One that is 0 isn't needed.
func (r *Referendum) Needs() (majority, turnout, registered *big.Rat) {
	majority = exactly(r.Majority)
	if r.Majority == 0 {
		majority = big.NewRat(1, 2)
	}
	return majority, exactly(r.Turnout), exactly(r.OfRegistered)
}

func (e *Election) validateReferendum() (errs []error) {
	r := e.Referendum
	if r == nil {
		return nil
	}
	problem := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch {
	case r.Question == "":
		problem("referendum: question is missing: write what voters are asked")
	case len(r.Question) > MaxTextBytes:
		problem("referendum: question is longer than %d bytes", MaxTextBytes)
	}
	if e.Open() {
		problem("referendum: there are no answers: list them as candidates")
	}
	if e.Seats != nil {
		problem("referendum: a question gives out no seats: leave seats out")
	}
	switch {
	case r.Answer == "" && (r.Majority != 0 || r.Turnout != 0 || r.OfRegistered != 0):
		problem("referendum: something is needed for an answer, but not for which: give answer, the id of a candidate")
	case r.Answer != "" && !e.stands(r.Answer):
		problem("referendum: answer %q isn't the id of a candidate: use one of theirs", r.Answer)
	}
	if r.Majority != 0 && !(r.Majority >= 0.5 && r.Majority < 1) {
		problem("referendum: majority is %v: write the share of the votes of which the answer needs more, from 0.5 up to 1", r.Majority)
	}
	for _, s := range []struct {
		name  string
		share float64
	}{{"turnout", r.Turnout}, {"of_registered", r.OfRegistered}} {
		if !(s.share >= 0 && s.share <= 1) {
			problem("referendum: %s is %v: write a share of the registered voters, such as 0.4", s.name, s.share)
		}
	}
	return errs
}
