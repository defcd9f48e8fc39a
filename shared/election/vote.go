package election

import (
	"time"

	"github.com/tallystream/tallystream/shared/election/jsonobject"
)

// voteFields are the fields of a vote as they are written.
type voteFields struct {
	id, voter, candidate, image, timestamp, votedAt, station jsonobject.Value

	change change
}

func (f *voteFields) see(name string, v jsonobject.Value) {
	switch name {
	case "vote_id":
		f.id = v
	case "voter_id":
		f.voter = v
	case "candidate":
		f.candidate = v
	case "candidate_image":
		f.image = v
	case "timestamp":
		f.timestamp = v
	case "voted_at":
		f.votedAt = v
	case "polling_station":
		f.station = v
	case fieldDeleted, fieldOperation:
		f.change.see(name, v)
	}
}

// Vote reads a record of the votes topic. recordTime is the broker's timestamp
// of the record.
func (p *Parser) Vote(value []byte, recordTime time.Time) (Vote, *Rejection) {
	var in voteFields
	object, wrapped := string(value), false
	if err := jsonobject.Each(object, in.see); err != nil || in.voter.Kind == jsonobject.Null {
		inner, r := unwrap(value)
		if r != nil {
			return Vote{}, r
		}
		in, object, wrapped = voteFields{}, inner, inner != object
		_ = jsonobject.Each(object, in.see) // unwrap has read it already
	}
	if in.change.deletes() {
		return Vote{}, deletion()
	}
	v, r := p.vote(&in, object)
	if r != nil {
		return Vote{}, r
	}
	if wrapped {
		v.Object = []byte(object)
	}
	return v, p.checkTime(v.CastAt, recordTime)
}

// vote converts the fields of a vote.
func (p *Parser) vote(in *voteFields, object string) (Vote, *Rejection) {
	if in.timestamp.Kind == jsonobject.Null {
		in.timestamp = in.votedAt
	}
	f := fields{object: object}
	voter := f.id("voter_id", in.voter, ReasonMissingVoterID)
	id := f.text("vote_id", in.id)
	candidate := f.required("candidate", in.candidate, ReasonMissingCandidate)
	v := Vote{
		VoterID:        voter,
		ID:             id,
		Candidate:      candidate.canonical,
		CastAt:         f.time("timestamp", in.timestamp),
		CandidateImage: p.images.keep(in.image),
		PollingStation: f.text("polling_station", in.station),
	}
	if f.rejection != nil {
		return Vote{}, f.rejection
	}
	if candidate.text != candidate.canonical {
		v.CandidateText = candidate.text
	}
	if !p.election.Open() {
		known, text, ok := p.candidates.resolve(candidate)
		if !ok {
			return Vote{}, reject(ReasonUnknownCandidate, "candidate %s isn't on the ballot", excerpt(candidate.text))
		}
		v.Candidate, v.CandidateText = known, text
	}
	return v, nil
}
