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
