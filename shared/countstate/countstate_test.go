package countstate

import (
	"slices"
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

var (
	opens  = time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
	closes = time.Date(2026, 11, 3, 20, 0, 0, 0, time.UTC)
	rules  = Rules{Quiet: 5 * time.Minute, Patience: 2 * time.Minute}
)

// counted are the facts of a count that is complete at 20:10: one topic of two
// partitions, all of which is read and settled.
func counted() *Facts {
	part := func(n int32) Partition {
		return Partition{
			TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "a", Partition: n},
			Log:            &Log{Partitions: 2, LastStable: 10, LogEnd: 10, Next: 10, LastRecord: 8, ObservedAt: closes.Add(9*time.Minute + 55*time.Second)},
			Settled:        &Settled{Next: 9, LastIngestedAt: closes.Add(time.Minute), Balanced: true},
		}
	}
	return &Facts{
		Opens: opens, Closes: closes, Topics: []string{"votes"},
		Result:     map[string]int64{"ana": 7, "ben": 5},
		Partitions: []Partition{part(0), part(1)},
	}
}

func TestAt(t *testing.T) {
	for _, group := range []map[string]situation{votingDay, onKafka, beforeSettling, checks, newTopics, certifications} {
		for name, tc := range group {
			t.Run(name, func(t *testing.T) {
				f := counted()
				tc.change(f)
				got := f.At(tc.at, rules)
				var codes []string
				for _, r := range got.Reasons {
					codes = append(codes, r.Code)
				}
				if got.Name != tc.want || !slices.Equal(codes, tc.reasons) {
					t.Errorf("%s because of %q, want %s because of %q", got.Name, codes, tc.want, tc.reasons)
				}
			})
		}
	}
}

func TestReasonNames(t *testing.T) {
	f := counted()
	for i := range f.Partitions {
		l := f.Partitions[i].Log
		l.LogEnd, l.UnreadSince, l.Open = 21+int64(i), closes.Add(time.Duration(i)*time.Second), "dies, since 19:58"
	}
	s := f.At(closes.Add(10*time.Minute), rules)
	if len(s.Reasons) != 1 || s.Unread != 23 {
		t.Fatalf("state %+v, want one reason for 23 records", s)
	}
	r := s.Reasons[0]
	if r.Topic != "votes" || !slices.Equal(r.Partitions, []int32{0, 1}) || r.Records != 23 || !r.Since.Equal(closes) || r.Detail != "dies, since 19:58" {
		t.Errorf("reason %+v", r)
	}
	if s.CheckedAt == nil || !s.CheckedAt.Equal(closes.Add(9*time.Minute)) {
		t.Errorf("checked at %v", s.CheckedAt)
	}
}
