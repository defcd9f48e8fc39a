package ingest

import (
	"time"

	"github.com/tallystream/tallystream/shared/election/pseudonym"
	"github.com/tallystream/tallystream/shared/election/record"
	"github.com/tallystream/tallystream/shared/election/rejection"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// rowMaker makes a row of every record: a vote, a voter or a reject. It is a pure
// function of the record, so reading one again makes the same row.
type rowMaker struct {
	parser                  *record.Parser
	keyer                   *pseudonym.Keyer
	votersTopic, votesTopic string
	keepNames               bool
}

func newRowMaker(c Config) *rowMaker {
	return &rowMaker{
		parser:      record.NewParser(c.Election),
		keyer:       pseudonym.NewKeyer(c.HMACKey, c.Election.ID),
		votersTopic: c.VotersTopic,
		votesTopic:  c.VotesTopic,
		keepNames:   c.KeepNames,
	}
}

// rows returns a row for each record of a batch.
func (s *rowMaker) rows(b *recordbatch.Batch, ingestedAt time.Time) *warehouse.Rows {
	out := &warehouse.Rows{IngestedAt: ingestedAt}
	switch b.Topic {
	case s.votesTopic:
		out.Votes = make([]warehouse.VoteRow, 0, len(b.Records))
	case s.votersTopic:
		out.Voters = make([]warehouse.VoterRow, 0, len(b.Records))
	}
	follows := b.Follows
	for i := range b.Records {
		r := &b.Records[i]
		origin := warehouse.OriginOf(b, r, follows)
		if why := s.add(out, origin, r); why != nil {
			out.Rejects = append(out.Rejects, warehouse.Reject(origin, r, why.Reason, why.Detail))
		}
		follows = r.Offset
	}
	return out
}

// add adds the row of a vote or a voter, or says why there is none.
func (s *rowMaker) add(out *warehouse.Rows, origin warehouse.Origin, r *recordbatch.Record) *rejection.Rejection {
	if why := s.check(origin, r); why != nil {
		return why
	}
	if origin.Topic == s.votesTopic {
		v, why := s.parser.Vote(r.Value, origin.Timestamp)
		if why == nil {
			row := s.voteRow(origin, &v)
			row.Record = object(v.Object, r)
			out.Votes = append(out.Votes, row)
		}
		return why
	}
	v, why := s.parser.Voter(r.Value, origin.Timestamp)
	if why == nil {
		row := s.voterRow(origin, &v)
		row.Record = object(v.Object, r)
		out.Voters = append(out.Voters, row)
	}
	return why
}

// object is the JSON object of a record: what it wraps, else itself.
func object(wrapped []byte, r *recordbatch.Record) []byte {
	if wrapped != nil {
		return wrapped
	}
	return r.Value
}

// check rejects a record for what is around its value.
func (s *rowMaker) check(origin warehouse.Origin, r *recordbatch.Record) *rejection.Rejection {
	switch {
	case origin.Topic != s.votesTopic && origin.Topic != s.votersTopic:
		return rejection.New(rejection.UnknownTopic, "topic %q is neither %q nor %q", origin.Topic, s.votersTopic, s.votesTopic)
	case r.Truncated():
		return rejection.New(rejection.RecordTooLarge, "the record has %d bytes, more than %d", r.Size, recordbatch.MaxValue)
	case origin.Timestamp.Before(minRecordTime) || !origin.Timestamp.Before(maxRecordTime):
		return rejection.New(rejection.ImplausibleRecordTime, "the broker's timestamp is %d ms, outside the years 2000 to 2099", r.Timestamp)
	}
	return nil
}

func (s *rowMaker) voteRow(origin warehouse.Origin, v *record.Vote) warehouse.VoteRow {
	return warehouse.VoteRow{
		Origin:         origin,
		VoteID:         v.ID,
		VoterKey:       s.keyer.VoterKey(v.VoterID),
		Candidate:      v.Candidate,
		CandidateImage: v.CandidateImage,
		VotedAt:        v.CastAt,
		PollingStation: v.PollingStation,
		CandidateText:  v.CandidateText,
	}
}

func (s *rowMaker) voterRow(origin warehouse.Origin, v *record.Voter) warehouse.VoterRow {
	row := warehouse.VoterRow{
		Origin:   origin,
		VoterKey: s.keyer.VoterKey(v.ID),
		Age:      int64(v.Age),
		State:    v.Region,
		AgeGroup: v.AgeGroup,
		Gender:   v.Gender,
		County:   v.County,
		Precinct: v.Precinct,

		StateText: v.RegionText,
	}
	if s.keepNames {
		row.Name = v.Name
	}
	if !v.RegistrationDate.IsZero() {
		row.RegistrationDate, row.HasRegistration = int32(v.RegistrationDate.Days()), true
	}
	return row
}
