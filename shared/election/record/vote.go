package record

import (
	"time"

	"github.com/tallystream/tallystream/shared/election/envelope"
	"github.com/tallystream/tallystream/shared/election/rejection"
	"github.com/tallystream/tallystream/shared/jsonobject"
)

// voteFields are the fields of a vote as they are written.
type voteFields struct {
	id, voter, candidate, image, timestamp, votedAt, station jsonobject.Value
}

// set takes a member of the object.
func (f *voteFields) set(name string, v jsonobject.Value) {
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
	}
}

// Vote reads a record of the votes topic. recordTime is the broker's timestamp
// of the record.
func (p *Parser) Vote(value []byte, recordTime time.Time) (Vote, *rejection.Rejection) {
	var in voteFields
	object, r := envelope.Read(value, in.set, func() { in = voteFields{} })
	if r != nil {
		return Vote{}, r
	}
	var v Vote
	if r := p.vote(&v, &in, object.Text); r != nil {
		return Vote{}, r
	}
	if object.Wrapped {
		v.Object = []byte(object.Text)
	}
	return v, p.checkTime(v.CastAt, recordTime)
}

// vote converts the fields of a vote.
func (p *Parser) vote(v *Vote, in *voteFields, object string) *rejection.Rejection {
	if in.timestamp.Kind == jsonobject.Null {
		in.timestamp = in.votedAt
	}
	f := fields{object: object}
	v.VoterID = f.id("voter_id", in.voter, rejection.MissingVoterID)
	v.ID = f.text("vote_id", in.id)
	candidate := f.required("candidate", in.candidate, rejection.MissingCandidate)
	v.CastAt = f.time("timestamp", in.timestamp)
	v.CandidateImage = p.images.keep(in.image)
	v.PollingStation = f.text("polling_station", in.station)
	if f.rejection != nil {
		return f.rejection
	}
	if p.election.Open() {
		v.Candidate = candidate.canonical
		if candidate.text != candidate.canonical {
			v.CandidateText = candidate.text
		}
		return nil
	}
	var known bool
	if v.Candidate, v.CandidateText, known = p.candidates.resolve(candidate); !known {
		return rejection.New(rejection.UnknownCandidate, "candidate %s isn't on the ballot%s", rejection.Excerpt(candidate.text), mixture(candidate.text))
	}
	return nil
}
