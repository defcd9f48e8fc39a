package countstate

import (
	"fmt"
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// An evening is the end of an election in virtual time. Producers send until after the
// polls have closed. The bridge reads, Pub/Sub keeps, ingest stores, a pass settles twice
// a minute, and the state is worked out every second. Any stage may be stopped for a
// while.
type evening struct {
	produced  int64 // on Kafka
	carried   int64 // read, and in Pub/Sub at least
	ingested  int64
	settled   int64
	ingestAt  time.Time // of the last record
	settledAt time.Time // ingestAt of what is settled
	reports   []Log
	shown     State
}

// outage is when a stage does nothing.
type outage struct {
	stage    string
	from, to time.Time
}

func (o outage) stops(stage string, now time.Time) bool {
	return o.stage == stage && !now.Before(o.from) && now.Before(o.to)
}

// The bounds of an evening, its last votes, and how often things happen.
const (
	interval     = 30 * time.Second // of passes
	reportsEvery = 10 * time.Second
)

var lastVote = closes.Add(40 * time.Second)

func (e *evening) second(now time.Time, o outage) {
	if now.Before(lastVote) {
		e.produced += 7
	}
	if !o.stops("bridge", now) {
		e.carried = min(e.produced, e.carried+20)
		if now.Unix()%int64(reportsEvery/time.Second) == 0 {
			e.reports = append(e.reports, Log{Partitions: 1, LastStable: e.produced, LogEnd: e.produced,
				Next: e.carried, LastRecord: e.carried - 1, ObservedAt: now})
		}
	}
	if !o.stops("ingest", now) {
		if next := min(e.carried, e.ingested+20); next > e.ingested {
			e.ingested, e.ingestAt = next, now
		}
	}
	if !o.stops("aggregate", now) && now.Unix()%int64(interval/time.Second) == 0 {
		e.settled, e.settledAt = e.ingested, e.ingestAt
	}
	if !o.stops("dashboard", now) {
		f := e.facts()
		e.shown = f.At(now, rules)
	}
}

// facts are what the tables hold. Reports go the way of the records: those that
// stand behind what isn't ingested haven't come.
func (e *evening) facts() *Facts {
	f := &Facts{Opens: opens, Closes: closes, Topics: []string{"votes"}, Result: map[string]int64{"ana": e.settled}}
	p := Partition{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "a"}}
	if e.settled > 0 {
		p.Settled = &Settled{Next: e.settled, LastIngestedAt: e.settledAt, Balanced: true}
	}
	for _, r := range e.reports {
		if r.Next > e.ingested {
			break
		}
		last := r
		if p.Log != nil {
			last.UnreadSince, last.UnsettledSince = p.Log.UnreadSince, p.Log.UnsettledSince
		}
		p.Log = &last
	}
	if p.Log != nil {
		p.Log.UnreadSince, p.Log.UnsettledSince = time.Time{}, time.Time{}
		for _, r := range e.reports {
			if r.ObservedAt.After(p.Log.ObservedAt) {
				break
			}
			if r.LogEnd > p.Log.Next && p.Log.UnreadSince.IsZero() {
				p.Log.UnreadSince = r.ObservedAt
			}
			if r.LastRecord >= e.settled && p.Log.UnsettledSince.IsZero() {
				p.Log.UnsettledSince = r.ObservedAt
			}
		}
	}
	f.Partitions = []Partition{p}
	return f
}

// play runs an evening and calls check after each second.
func play(o outage, check func(now time.Time, e *evening)) *evening {
	e := &evening{}
	for now := closes.Add(-5 * time.Minute); now.Before(closes.Add(25 * time.Minute)); now = now.Add(time.Second) {
		e.second(now, o)
		check(now, e)
	}
	return e
}

// With any stage stopped for a minute, or for ten, whenever that is, the count is
// never called complete before every vote is settled, and is so in the end.
func TestAnEveningIsNeverCompleteTooEarly(t *testing.T) {
	for _, stage := range []string{"none", "bridge", "ingest", "aggregate", "dashboard"} {
		for _, length := range []time.Duration{time.Minute, 10 * time.Minute} {
			for from := closes.Add(-3 * time.Minute); from.Before(closes.Add(8 * time.Minute)); from = from.Add(41 * time.Second) {
				o := outage{stage, from, from.Add(length)}
				t.Run(fmt.Sprintf("%s %v from %s", stage, length, from.Format("15:04:05")), func(t *testing.T) {
					delayed := false
					e := play(o, func(now time.Time, e *evening) {
						if e.shown.Name.Decided() && (now.Before(lastVote) || e.settled < e.produced) {
							t.Fatalf("at %s %s, with %d of %d votes settled", now.Format("15:04:05"), e.shown.Name, e.settled, e.produced)
						}
						delayed = delayed || e.shown.Is(Delayed)
					})
					if !e.shown.Is(Complete) {
						t.Errorf("in the end %+v, want complete", e.shown)
					}
					if long := length > time.Minute && stage != "none" && stage != "dashboard" && from.Before(closes); long && !delayed {
						t.Errorf("nobody was told that %s was stopped", stage)
					}
				})
			}
		}
	}
}

// The rule that this one replaces, quiet since the last ingested record, calls
// such an evening complete too early: the model sees what is wrong.
func TestQuietAloneIsNotEnough(t *testing.T) {
	early := false
	play(outage{"bridge", closes.Add(-time.Minute), closes.Add(9 * time.Minute)}, func(now time.Time, e *evening) {
		quiet := !now.Before(closes) && now.Sub(e.settledAt) >= rules.Quiet
		early = early || quiet && e.settled < e.produced
	})
	if !early {
		t.Error("the evening would not have shown the fault")
	}
}
