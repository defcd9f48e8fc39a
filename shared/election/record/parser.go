// Package record reads the records of an election: the voters and votes that JSON
// objects on Kafka describe. docs/records.md says the same for producers.
//
// Reading is a pure function of the election and the record, with the broker's
// timestamp. A record that is read again, on any machine at any time, gives the same
// result.
//
// vote.go and voter.go hold the fields of each kind of record, and what it is rejected
// for. fields.go, time.go and image.go convert one field; names.go finds candidates and
// regions by their names.
package record

import "github.com/tallystream/tallystream/shared/election"

// Parser reads the records of one election. It is safe for concurrent use.
//
// A record is one JSON object, alone or in a form that package envelope opens. Unknown
// fields are ignored. If a field stands there twice the last one counts, as in Python
// and JavaScript. A null is the same as an absent field. Texts are taken in their
// canonical form. An id or a text may be a number, which stands for its value. An age
// may be a text of digits.
type Parser struct {
	election   *election.Election
	candidates nameIndex
	regions    nameIndex
	images     imageFilter
}

// NewParser returns the Parser of a valid election. The election must not
// change afterwards.
func NewParser(e *election.Election) *Parser {
	p := &Parser{election: e, candidates: newNameIndex(), regions: newNameIndex(), images: newImageFilter(e.Portraits)}
	for _, c := range e.Candidates {
		p.candidates.enter(c.ID, append([]string{c.ID, c.Name}, c.Aliases...))
	}
	for _, r := range e.Regions {
		p.regions.enter(r.ID, append([]string{r.ID, r.Name}, r.Aliases...))
	}
	return p
}
