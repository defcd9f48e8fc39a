// Package record reads the records of an election: the voters and votes that JSON
// objects on Kafka describe. docs/records.md says the same for producers.
//
// Reading is a pure function of the election and the record, with the broker's
// timestamp. A record that is read again, on any machine at any time, gives the same
// result.
package record

import (
	"time"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/canonical"
	"github.com/tallystream/tallystream/shared/election/rejection"
)

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

// nameIndex finds the ids of candidates or regions by their names: as the election
// file spells them, which is what most records hold, and folded.
type nameIndex struct{ spelt, folded map[string]string }

func newNameIndex() nameIndex {
	return nameIndex{spelt: map[string]string{}, folded: map[string]string{}}
}

func (x nameIndex) enter(id string, names []string) {
	for _, n := range names {
		x.spelt[n] = id
		x.folded[canonical.Fold(n)] = id
	}
}

// resolve finds the id that a name stands for. Text is the name as it was sent, and
// empty if the election file spells it so.
func (x nameIndex) resolve(n name) (id, text string, ok bool) {
	if id, ok := x.spelt[n.text]; ok {
		return id, "", true
	}
	id, ok = x.folded[canonical.Fold(n.canonical)]
	return id, n.text, ok
}

// How far the time of a vote may be from the broker's timestamp of its record. Further
// ahead, the producer's clock, zone or date is wrong. How far behind is bounded only
// in an election without voting hours: what passes read grows with the hours that
// votes are of.
const (
	maxAhead  = 24 * time.Hour
	maxBehind = 366 * 24 * time.Hour
)

// checkTime rejects a vote that was cast outside the voting hours, or too far from
// the broker's timestamp of its record.
func (p *Parser) checkTime(cast, recordTime time.Time) *rejection.Rejection {
	e := p.election
	switch {
	case e.HasHours() && (cast.Before(e.Opens) || !cast.Before(e.Closes)):
		return rejection.New(rejection.OutsideVotingHours, "cast at %s; voting hours are %s to %s",
			cast.Format(time.RFC3339Nano), e.Opens.Format(time.RFC3339), e.Closes.Format(time.RFC3339))
	case cast.After(recordTime.Add(maxAhead)):
		return rejection.New(rejection.TimestampInFuture, "cast at %s, which is %s after the broker took the record at %s: "+
			"look at the producer's clock, date and zone", cast.Format(time.RFC3339Nano),
			cast.Sub(recordTime).Round(time.Minute), recordTime.UTC().Format(time.RFC3339))
	case !e.HasHours() && cast.Before(recordTime.Add(-maxBehind)):
		return rejection.New(rejection.ImplausibleTimestamp, "cast at %s, but recorded at %s",
			cast.Format(time.RFC3339Nano), recordTime.UTC().Format(time.RFC3339))
	}
	return nil
}
