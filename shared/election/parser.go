package election

import (
	"time"
)

// Parser reads the records of one election. It is safe for concurrent use.
//
// A record is one JSON object, as it is or in one of the envelopes that unwrap
// opens. Fields it doesn't know are ignored; of a field that stands there twice
// the last counts, as in Python and JavaScript; null is the same as absent.
// Texts are taken in their canonical form. Ids and texts may be numbers, which
// stand for their value; an age may be a text of digits.
type Parser struct {
	election   *Election
	candidates nameIndex
	regions    nameIndex
	images     imageFilter
}

// NewParser returns the Parser of a valid election. The election must not
// change afterwards.
func NewParser(e *Election) *Parser {
	p := &Parser{election: e, candidates: newNameIndex(), regions: newNameIndex(), images: newImageFilter(e.Portraits)}
	for _, c := range e.Candidates {
		p.candidates.enter(c.ID, append([]string{c.ID, c.Name}, c.Aliases...))
	}
	for _, r := range e.Regions {
		p.regions.enter(r.ID, append([]string{r.ID, r.Name}, r.Aliases...))
	}
	return p
}

// nameIndex leads from the names of candidates or regions to their ids: by the
// spelling of the election file, which most records have, and folded.
type nameIndex struct{ spelt, folded map[string]string }

func newNameIndex() nameIndex {
	return nameIndex{spelt: map[string]string{}, folded: map[string]string{}}
}

func (x nameIndex) enter(id string, names []string) {
	for _, n := range names {
		x.spelt[n] = id
		x.folded[fold(n)] = id
	}
}

// resolve finds the id that a name stands for. Text is the name as it was
// written where that isn't a spelling of the election file, else empty.
func (x nameIndex) resolve(n name) (id, text string, ok bool) {
	if id, ok := x.spelt[n.text]; ok {
		return id, "", true
	}
	id, ok = x.folded[fold(n.canonical)]
	return id, n.text, ok
}

// How far a vote may stand from its record. Ahead of it the producer's clock,
// zone or date is wrong; how far behind is bounded where no hours of the election
// do it: what passes read grows with the hours that votes are of.
const (
	maxAhead  = 24 * time.Hour
	maxBehind = 366 * 24 * time.Hour
)

// checkTime rejects a vote cast outside the voting hours, or at a time that its
// record makes implausible.
func (p *Parser) checkTime(cast, recordTime time.Time) *Rejection {
	e := p.election
	switch {
	case e.HasHours() && (cast.Before(e.Opens) || !cast.Before(e.Closes)):
		return reject(ReasonOutsideVotingHours, "cast at %s; voting hours are %s to %s",
			cast.Format(time.RFC3339Nano), e.Opens.Format(time.RFC3339), e.Closes.Format(time.RFC3339))
	case cast.After(recordTime.Add(maxAhead)):
		return reject(ReasonTimestampInFuture, "cast at %s, which is %s after the broker took the record at %s: "+
			"look at the producer's clock, date and zone", cast.Format(time.RFC3339Nano),
			cast.Sub(recordTime).Round(time.Minute), recordTime.UTC().Format(time.RFC3339))
	case !e.HasHours() && cast.Before(recordTime.Add(-maxBehind)):
		return reject(ReasonImplausibleTimestamp, "cast at %s, but recorded at %s",
			cast.Format(time.RFC3339Nano), recordTime.UTC().Format(time.RFC3339))
	}
	return nil
}
