package ledger

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tallystream/tallystream/shared/kafka"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// plain leaves voters' ids as they are.
func plain(id string) string { return id }

func at(topic string, partition int32, offset, second int64) Position {
	return Position{Position: kafka.Position{TopicPartition: kafka.TopicPartition{Topic: topic, TopicID: topic + "-id", Partition: partition}, Offset: offset},
		Timestamp: noon.UnixMilli() + second*1000}
}

// small is an election whose result can be worked out in the head:
//
//   - ann moves from TX to UT and votes twice: the first, for b, counts in UT
//   - bob votes for a in TX, and his record comes twice
//   - cyd votes for a and never registers
//   - dot is registered and doesn't vote
func small() *Ledger {
	l := &Ledger{Election: Election{
		ID: "small", Date: "2026-11-03",
		Candidates: []Candidate{{ID: "a", Name: "A", Party: "P"}, {ID: "b", Name: "B", Image: "b.png"}, {ID: "c", Name: "C"}},
		Regions:    []string{"TX", "UT", "WY"},
	}}
	l.AddRegistration(Registration{at("voters", 0, 0, 0), "ann", "TX", "18-24", "female", "Lake", ""})
	l.AddRegistration(Registration{at("voters", 1, 0, 1), "bob", "TX", "65+", "male", "", "P1"})
	l.AddRegistration(Registration{at("voters", 0, 1, 90), "ann", "UT", "18-24", "female", "Pike", ""})
	l.AddRegistration(Registration{at("voters", 0, 2, 91), "dot", "UT", "65+", "unknown", "", ""})
	l.AddReject(Reject{at("voters", 1, 1, 92), "missing_state"})
	vote := func(p Position, voter, id, candidate, image string, minute int) Vote {
		return Vote{p, voter, id, candidate, image, "S1", noon.Add(time.Duration(minute) * time.Minute).UnixMicro()}
	}
	l.AddVote(vote(at("votes", 0, 0, 12), "ann", "v1", "a", "a.png", 30)) // later than the next by the broker
	l.AddVote(vote(at("votes", 1, 5, 11), "ann", "v2", "b", "", 61))
	l.AddVote(vote(at("votes", 0, 1, 20), "bob", "v3", "a", "a1.png", 2))
	l.AddVote(vote(at("votes", 0, 3, 20), "bob", "v3", "a", "a1.png", 2)) // offset 2 is missing
	l.AddVote(vote(at("votes", 1, 6, 21), "cyd", "", "a", "a2.png", 3))
	l.AddReject(Reject{at("votes", 1, 7, 22), "tombstone"})
	return l
}

const (
	tVotes0 = "votes votes-id 0"
	tVotes1 = "votes votes-id 1"
	tVoter0 = "voters voters-id 0"
	tVoter1 = "voters voters-id 1"
)

func TestTables(t *testing.T) {
	want := map[string]map[string]string{
		"core.voters": {
			"ann": tVoter0 + " 1 2026-11-03T12:01:30Z UT 18-24 female Pike NULL",
			"bob": tVoter1 + " 0 2026-11-03T12:00:01Z TX 65+ male NULL P1",
			"dot": tVoter0 + " 2 2026-11-03T12:01:31Z UT 65+ unknown NULL NULL",
		},
		"core.ballots": {
			"ann": tVotes1 + " 5 2026-11-03T12:00:11Z v2 b NULL 2026-11-03T13:01:00Z S1 UT 18-24 female",
			"bob": tVotes0 + " 1 2026-11-03T12:00:20Z v3 a a1.png 2026-11-03T12:02:00Z S1 TX 65+ male",
			"cyd": tVotes1 + " 6 2026-11-03T12:00:21Z NULL a a2.png 2026-11-03T12:03:00Z S1 NULL NULL NULL",
		},
		"core.duplicates": {
			tVoter0 + " 0": "2026-11-03T12:00:00Z ann 2026-11-03T12:00:00Z",
			tVotes0 + " 0": "2026-11-03T12:00:12Z ann 2026-11-03T12:30:00Z",
			tVotes0 + " 3": "2026-11-03T12:00:20Z bob 2026-11-03T12:02:00Z",
		},
		"core.vote_windows": {
			"2026-11-03T13:01:00Z b UT 18-24 female": "1 NULL",
			"2026-11-03T12:02:00Z a TX 65+ male":     "1 01793707220000000/0000000000/0000000000000000001/a1.png",
		},
		"core.vote_hours": {
			"2026-11-03T13:00:00Z b UT 18-24 female": "1 NULL",
			"2026-11-03T12:00:00Z a TX 65+ male":     "1 01793707220000000/0000000000/0000000000000000001/a1.png",
		},
		"core.electorate_windows": {
			"2026-11-03T12:01:00Z UT 18-24 female": "1",
			"2026-11-03T12:00:00Z TX 65+ male":     "1",
			"2026-11-03T12:01:00Z UT 65+ unknown":  "1",
		},
		"core.book_windows": {
			"2026-11-03T12:00:00Z " + tVoter0: "0 0 1 0 NULL",
			"2026-11-03T12:01:00Z " + tVoter0: "2 0 0 0 2026-11-03T12:01:31Z",
			"2026-11-03T12:00:00Z " + tVoter1: "1 0 0 0 2026-11-03T12:00:01Z",
			"2026-11-03T12:30:00Z " + tVotes0: "0 0 1 0 NULL",
			"2026-11-03T12:02:00Z " + tVotes0: "1 0 1 1 2026-11-03T12:00:20Z",
			"2026-11-03T13:01:00Z " + tVotes1: "1 0 0 1 2026-11-03T12:00:11Z",
			"2026-11-03T12:03:00Z " + tVotes1: "0 1 0 0 NULL",
		},
		"core.progress": {
			tVoter0: "0 3 3 0 0 0 2",
			tVoter1: "0 2 2 1 0 0 1",
			tVotes0: "0 4 3 0 0 0 3",
			tVotes1: "5 8 3 1 0 0 7",
		},
		"analytics.candidate_totals": {
			"2026-11-03 a": "A P a1.png 1 0.5",
			"2026-11-03 b": "B NULL b.png 1 0.5",
			"2026-11-03 c": "C NULL NULL 0 0",
		},
		"analytics.regional_turnout": {
			"2026-11-03 TX": "1 1 1 a 1 1",
			"2026-11-03 UT": "2 1 0.5 b 1 1",
			"2026-11-03 WY": "0 0 NULL NULL 0 0",
		},
		"analytics.hourly_trends": {
			"2026-11-03T13:00:00Z UT b": "1",
			"2026-11-03T12:00:00Z TX a": "1",
		},
		"analytics.demographic_analysis": {
			"2026-11-03 UT 18-24 female": "1 1 1",
			"2026-11-03 TX 65+ male":     "1 1 1",
			"2026-11-03 UT 65+ unknown":  "1 0 0",
		},
		"analytics.rejections": {
			tVoter1 + " missing_state": "1 1",
			tVotes1 + " tombstone":     "1 1",
		},
		"analytics.books": {
			tVoter0: "3 2 1 0 0 0 0 3 2 0 2026-11-03T12:01:31Z",
			tVoter1: "2 1 0 1 0 0 0 2 1 0 2026-11-03T12:00:01Z",
			tVotes0: "3 1 2 0 0 1 0 4 3 1 2026-11-03T12:00:20Z",
			tVotes1: "3 1 0 1 1 0 5 8 7 1 2026-11-03T12:00:11Z",
		},
	}
	if diff := cmp.Diff(want, texts(small().Tables(plain))); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}

// texts is tables by name, with blanks between the columns.
func texts(tables []*Table) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, t := range tables {
		rows := map[string]string{}
		for key, value := range t.rows {
			rows[strings.ReplaceAll(key, separator, " ")] = strings.ReplaceAll(value, separator, " ")
		}
		all[t.Name] = rows
	}
	return all
}

func TestOpenBallot(t *testing.T) {
	l := small()
	l.Election = Election{ID: "open"}
	tables := texts(l.Tables(plain))
	if diff := cmp.Diff(map[string]string{
		"2026-11-03 a": "a NULL a1.png 1 0.5",
		"2026-11-03 b": "b NULL NULL 1 0.5",
	}, tables["analytics.candidate_totals"]); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
	if _, ok := tables["analytics.regional_turnout"]["2026-11-03 WY"]; ok {
		t.Error("a region that no record names has a row")
	}
}

func TestOrderOfEntriesIsNothing(t *testing.T) {
	want := texts(small().Tables(plain))
	for seed := range uint64(20) {
		l := small()
		r := rand.New(rand.NewPCG(seed, 0))
		r.Shuffle(len(l.Votes), func(i, j int) { l.Votes[i], l.Votes[j] = l.Votes[j], l.Votes[i] })
		r.Shuffle(len(l.Registrations), func(i, j int) {
			l.Registrations[i], l.Registrations[j] = l.Registrations[j], l.Registrations[i]
		})
		if diff := cmp.Diff(want, texts(l.Tables(plain))); diff != "" {
			t.Fatalf("entries shuffled by seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

func TestTiesGoByPartitionThenOffset(t *testing.T) {
	l := &Ledger{}
	same := noon.UnixMilli()
	at := func(partition int32, offset, timestamp int64) Position {
		return At(kafka.TopicPartition{Topic: "votes", TopicID: "id", Partition: partition}, offset, timestamp)
	}
	for _, p := range []Position{
		at(2, 0, same), at(1, 8, same), at(1, 7, same), at(0, 0, same+1),
	} {
		l.AddVote(Vote{Position: p, VoterID: "ann", Candidate: "a", VotedAt: noon.UnixMicro()})
	}
	if got := l.resolve().ballots["ann"].Position; got != l.Votes[2].Position {
		t.Errorf("the vote at %+v counts, want partition 1, offset 7", got)
	}
}

func TestBooksAndTotals(t *testing.T) {
	want := map[string]Book{
		"voters": {Records: 5, Accepted: 3, Duplicate: 1, Rejected: 1, Reasons: map[string]int64{"missing_state": 1}},
		"votes":  {Records: 6, Accepted: 2, Duplicate: 2, Rejected: 1, Pending: 1, Gaps: 1, Reasons: map[string]int64{"tombstone": 1}},
	}
	if diff := cmp.Diff(want, small().Books(), cmpopts.IgnoreUnexported(Book{})); diff != "" {
		t.Errorf("books (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Total{{"a", 1}, {"b", 1}}, small().Totals()); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
	end := map[string]map[int32]int64{"voters": {0: 3, 1: 2}, "votes": {0: 4, 1: 8}}
	if diff := cmp.Diff(end, small().End()); diff != "" {
		t.Errorf("end offsets (-want +got):\n%s", diff)
	}
}

func TestMinutes(t *testing.T) {
	want := map[Minute]int64{
		{noon.Unix() + 61*60, "UT", "b"}: 1,
		{noon.Unix() + 2*60, "TX", "a"}:  1,
	}
	if diff := cmp.Diff(want, small().Minutes()); diff != "" {
		t.Errorf("minutes (-want +got):\n%s", diff)
	}
}

func TestDayWithoutVotes(t *testing.T) {
	l := small()
	l.Election, l.Votes = Election{ID: "open"}, nil
	if _, ok := texts(l.Tables(plain))["analytics.regional_turnout"]["2026-11-03 TX"]; !ok {
		t.Error("without votes the totals aren't dated by the earliest registration")
	}
	l = small()
	l.Election.Date, l.Registrations = "", nil
	tables := texts(l.Tables(plain))
	for _, name := range []string{"analytics.candidate_totals", "analytics.regional_turnout"} {
		if len(tables[name]) > 0 {
			t.Errorf("%s has rows before a day is known: %v", name, tables[name])
		}
	}
}
