package dashboard

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/election"
)

// electionYAML is an election with candidates, hours and some regions.
const electionYAML = `
id: general-2026
name: General Election 2026
date: 2026-11-03
opens: 2026-11-03T12:00:00Z
closes: 2026-11-04T02:00:00Z
portraits: {from_votes: true, hosts: [example.org]}
candidates:
  - {id: rivera, name: Elena Rivera, party: Civic Union, biography: Former mayor of a harbour city who rebuilt its tram lines.}
  - {id: chen, name: David Chen, party: Progress Alliance, biography: Teacher and three-term senator.}
  - {id: okafor, name: Ngozi Okafor, party: Green Compact, biography: Hydrologist and campaigner for rivers.}
  - {id: lindqvist, name: Astrid Lindqvist, party: Independent}
regions:
  - {id: CA, name: California}
  - {id: NM, name: New Mexico}
  - {id: NY, name: New York}
  - {id: TX, name: Texas}
  - {id: VT, name: Vermont}
  - {id: WY, name: Wyoming}
`

func testElection(t testing.TB) *election.Election {
	t.Helper()
	e, err := election.Parse([]byte(electionYAML))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func testConfig(t testing.TB) Config {
	t.Helper()
	return Config{
		Election:     testElection(t),
		Topics:       Topics{Votes: "votes", Voters: "voters"},
		Refresh:      time.Second,
		MaxAge:       10 * time.Second,
		QueryTimeout: 30 * time.Second,
		FinalAfter:   5 * time.Minute,
		DelayedAfter: 2 * time.Minute,
		StreamTime:   4 * time.Minute,
		Streams:      500,
	}
}

// fakeStore is a Store whose answer a test sets, and which counts its calls.
type fakeStore struct {
	mu    sync.Mutex
	calls int
	next  func(ctx context.Context) (*Snapshot, error)
}

func (f *fakeStore) Snapshot(ctx context.Context) (*Snapshot, error) {
	f.mu.Lock()
	f.calls++
	next := f.next
	f.mu.Unlock()
	return next(ctx)
}

func (f *fakeStore) set(next func(ctx context.Context) (*Snapshot, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = next
}

func (f *fakeStore) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// newResults makes the document of a snapshot without a filter, as of a moment of the voting hours.
func newResults(e *election.Election, s *Snapshot, topics Topics) *Results {
	return resultsAt(e, s, topics, at("2026-11-03T14:05:30Z"))
}

func resultsAt(e *election.Election, s *Snapshot, topics Topics, now time.Time) *Results {
	c := Config{Election: e, Topics: topics, FinalAfter: 5 * time.Minute, DelayedAfter: 2 * time.Minute}
	return c.Publish(s, now)
}

// report puts reports into a snapshot, made at a time: what the books have is all
// that Kafka holds.
func report(s *Snapshot, at time.Time) *Snapshot {
	s.Logs = nil
	partitions := map[string]int64{}
	for _, b := range s.Books {
		partitions[b.Topic] = max(partitions[b.Topic], b.Partition+1)
	}
	for _, b := range s.Books {
		s.Logs = append(s.Logs, LogRow{Topic: b.Topic, TopicID: b.TopicID, Partition: b.Partition, Log: countstate.Log{
			Partitions: partitions[b.Topic], LastStable: b.NextOffset, LogEnd: b.NextOffset,
			Next: b.NextOffset, LastRecord: b.NextOffset - 1, ObservedAt: at,
		}})
	}
	return s
}

// returns is a Store's answer.
func returns(s *Snapshot, err error) func(context.Context) (*Snapshot, error) {
	return func(context.Context) (*Snapshot, error) { return s, err }
}

// simulate makes the tables of an election of n voters, counted up to a share
// of its hours. Equal arguments make equal tables.
func simulate(e *election.Election, n int, progress float64) *Snapshot {
	rng := rand.New(rand.NewPCG(1, 2))
	now := e.Opens.Add(time.Duration(progress * float64(e.Closes.Sub(e.Opens)))).Truncate(time.Millisecond)
	s := &Snapshot{}
	groups := map[DemographicRow]*DemographicRow{}
	hours := map[HourRow]*HourRow{}
	minutes := map[MinuteRow]int64{}
	states := map[string]map[string]int64{}
	var counted, cast int64
	for range n {
		// Every region has half the voters of the one before.
		r := min(int(rng.ExpFloat64()*1.5), len(e.Regions)-1)
		state := e.Regions[r].ID
		age := ageGroups[1+rng.IntN(5)]
		gender := []string{"female", "male", "female", "male", "nonbinary"}[min(rng.IntN(100)/24, 4)]
		key := DemographicRow{State: state, AgeGroup: age, Gender: gender}
		if groups[key] == nil {
			g := key
			g.UpdatedAt = now
			groups[key] = &g
		}
		groups[key].Registered++
		at := e.Opens.Add(time.Duration(rng.Float64() * float64(e.Closes.Sub(e.Opens))))
		choice := e.Candidates[min(int(rng.ExpFloat64()*1.4+float64(r%2)*0.4), len(e.Candidates)-1)].ID
		if rng.Float64() > 0.7 || at.After(now) {
			continue
		}
		counted++
		groups[key].Voted++
		minutes[MinuteRow{Minute: at.Truncate(time.Minute), State: state, Candidate: choice}]++
		hour := HourRow{Hour: at.Truncate(time.Hour), State: state, Candidate: choice}
		if hours[hour] == nil {
			h := hour
			h.UpdatedAt = now
			hours[hour] = &h
		}
		hours[hour].Votes++
		if states[state] == nil {
			states[state] = map[string]int64{}
		}
		states[state][choice]++
	}
	for _, g := range groups {
		s.Demographics = append(s.Demographics, *g)
	}
	for _, h := range hours {
		s.Hours = append(s.Hours, *h)
	}
	slices.SortFunc(s.Demographics, func(a, b DemographicRow) int {
		return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.AgeGroup, b.AgeGroup), cmp.Compare(a.Gender, b.Gender))
	})
	slices.SortFunc(s.Hours, compareHours)
	s.Shown = stepped(nil, s.Hours, e.SmallestGroup())
	for m, votes := range minutes {
		m.Votes = votes
		s.Minutes = append(s.Minutes, m)
	}
	slices.SortFunc(s.Minutes, func(a, b MinuteRow) int {
		return cmp.Or(a.Minute.Compare(b.Minute), cmp.Compare(a.State, b.State), cmp.Compare(a.Candidate, b.Candidate))
	})
	if last := len(s.Minutes) - 1; last >= 0 {
		from := minutesFrom(s.Minutes[last].Minute)
		s.Minutes = slices.DeleteFunc(s.Minutes, func(m MinuteRow) bool { return m.Minute.Before(from) })
	}
	total := map[string]int64{}
	for _, r := range e.Regions {
		row := RegionRow{State: r.ID, UpdatedAt: now}
		for _, g := range s.Demographics {
			if g.State == r.ID {
				row.Registered += g.Registered
				row.Voted += g.Voted
			}
		}
		for _, c := range e.Candidates {
			v := states[r.ID][c.ID]
			total[c.ID] += v
			switch {
			case v > row.LeaderVotes:
				row.Leader, row.Margin, row.LeaderVotes = c.ID, v-row.LeaderVotes, v
			case row.Leader != "":
				row.Margin = min(row.Margin, row.LeaderVotes-v)
			}
		}
		s.Regions = append(s.Regions, row)
	}
	for _, c := range e.Candidates {
		s.Candidates = append(s.Candidates, CandidateRow{
			ElectionDate: e.Date.String(), ID: c.ID, Name: c.Name, Party: c.Party, Votes: total[c.ID], UpdatedAt: now,
		})
	}
	cast = counted + counted/25 + counted/40 + counted/100
	s.Books = []BookRow{
		bookRow("voters", 0, int64(n), int64(n), 0, 0, 0, now),
		bookRow("votes", 0, cast, counted, counted/25, counted/40, counted/100, now),
	}
	return report(s, now)
}

func bookRow(topic string, partition, records, accepted, duplicate, rejected, pending int64, now time.Time) BookRow {
	return BookRow{
		Topic: topic, TopicID: "t-" + topic, Partition: partition,
		Records: records, Accepted: accepted, Duplicate: duplicate, Rejected: rejected, Pending: pending,
		NextOffset: records, LastOffset: records - 1,
		Watermark: now, LastIngestedAt: now, UpdatedAt: now,
	}
}
