package election

import (
	"time"

	"github.com/tallystream/tallystream/shared/jsonobject"
)

// voteFields are the fields of a vote as they are written.
type voteFields struct {
	id, voter, candidate, image, timestamp, votedAt, station jsonobject.Value

	deleted bool // says one of the fields that Debezium adds
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
		f.deleted = f.deleted || deletes(name, v)
	}
}

// Vote reads a record of the votes topic. recordTime is the broker's timestamp
// of the record.
func (p *Parser) Vote(value []byte, recordTime time.Time) (Vote, *Rejection) {
	var in voteFields
	object, wrapped, r := readFields(value, in.see,
		func() bool { return in.voter.Kind != jsonobject.Null }, func() { in = voteFields{} })
	if r != nil {
		return Vote{}, r
	}
	if in.deleted {
		return Vote{}, deletion()
	}
	var v Vote
	if r := p.vote(&v, &in, object); r != nil {
		return Vote{}, r
	}
	if wrapped {
		v.Object = []byte(object)
	}
	return v, p.checkTime(v.CastAt, recordTime)
}

// vote converts the fields of a vote.
func (p *Parser) vote(v *Vote, in *voteFields, object string) *Rejection {
	if in.timestamp.Kind == jsonobject.Null {
		in.timestamp = in.votedAt
	}
	f := fields{object: object}
	v.VoterID = f.id("voter_id", in.voter, ReasonMissingVoterID)
	v.ID = f.text("vote_id", in.id)
	candidate := f.required("candidate", in.candidate, ReasonMissingCandidate)
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
		return reject(ReasonUnknownCandidate, "candidate %s isn't on the ballot%s", excerpt(candidate.text), mixture(candidate.text))
	}
	return nil
}
