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
	reads     int64 // records a second, of the bridge
	takes     int64 // the same of ingest
	portion   int64 // records of a pass
	produced  int64 // on Kafka
	carried   int64 // read, and in Pub/Sub at least
	ingested  int64
	settled   int64
	settledAt time.Time // ingestAt of what is settled
	passAt    time.Time // of the last pass
	arrivals  []arrival
	reports   []Log
	shown     State
}

// arrival is up to where records had been ingested at a time.
type arrival struct {
	upto int64
	at   time.Time
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
		e.carried = min(e.produced, e.carried+e.reads)
		if now.Unix()%int64(reportsEvery/time.Second) == 0 {
			e.reports = append(e.reports, Log{Partitions: 1, LastStable: e.produced, LogEnd: e.produced,
				Next: e.carried, LastRecord: e.carried - 1, ObservedAt: now})
		}
	}
	if !o.stops("ingest", now) {
		if next := min(e.carried, e.ingested+e.takes); next > e.ingested {
			e.ingested = next
			e.arrivals = append(e.arrivals, arrival{next, now})
		}
		for i := range e.reports { // they come behind their records
			if r := &e.reports[i]; r.UnsettledFrom.IsZero() && r.Next <= e.ingested {
				r.UnsettledFrom = now
			}
		}
	}
	if !o.stops("aggregate", now) && now.Unix()%int64(interval/time.Second) == 0 {
		e.pass(now)
	}
	if !o.stops("dashboard", now) {
		f := e.facts()
		e.shown = f.At(now, rules)
	}
}

// pass settles a portion, if there is something new, in the order in which records were
// ingested: what came within a second at a time.
func (e *evening) pass(now time.Time) {
	for from := e.settled; len(e.arrivals) > 0 && (e.settled == from || e.arrivals[0].upto <= from+e.portion); e.arrivals = e.arrivals[1:] {
		e.settled, e.settledAt, e.passAt = e.arrivals[0].upto, e.arrivals[0].at, now
	}
}

// facts are what the tables hold. Reports go the way of the records: those that
// stand behind what isn't ingested haven't come.
func (e *evening) facts() *Facts {
	f := &Facts{Opens: opens, Closes: closes, Topics: []string{"votes"}, Result: map[string]int64{"ana": e.settled}}
	p := Partition{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "a"}}
	if e.settled > 0 {
		p.Settled = &Settled{Next: e.settled, LastIngestedAt: e.settledAt, SettledAt: e.passAt, Balanced: true}
	}
	for _, r := range e.reports {
		if r.UnsettledFrom.IsZero() {
			break
		}
		last := r
		if p.Log != nil {
			last.UnreadSince, last.UnsettledSince = p.Log.UnreadSince, p.Log.UnsettledSince
		}
		p.Log = &last
	}
	if p.Log != nil {
		p.Log.ReadAt, p.Log.UnreadSince, p.Log.UnsettledSince, p.Log.UnsettledFrom = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		for _, r := range e.reports {
			if r.ObservedAt.After(p.Log.ObservedAt) {
				break
			}
			if r.Next == p.Log.Next && p.Log.ReadAt.IsZero() {
				p.Log.ReadAt = r.ObservedAt
			}
			if r.LogEnd > p.Log.Next && p.Log.UnreadSince.IsZero() {
				p.Log.UnreadSince = r.ObservedAt
			}
			if r.LastRecord >= e.settled && p.Log.UnsettledSince.IsZero() {
				p.Log.UnsettledSince, p.Log.UnsettledFrom = r.ObservedAt, r.UnsettledFrom
			}
		}
	}
	f.Partitions = []Partition{p}
	return f
}

// play runs an evening and calls check after each second.
func play(o outage, check func(now time.Time, e *evening)) *evening {
	return playOn(&evening{reads: 20, takes: 20, portion: 1_000_000}, o, check)
}

// playOn runs an evening that begins with something.
func playOn(e *evening, o outage, check func(now time.Time, e *evening)) *evening {
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

// Many records that came at once are read, or settled, for longer than Rules.Patience. That is no
// delay as long as it goes on, and the reason says so. Where the stage stops it is one.
func TestABacklogThatMovesIsNoDelay(t *testing.T) {
	for name, tc := range map[string]struct {
		reads, takes, portion int64
		stage                 string
	}{
		"the bridge reads":              {30, 30, 1_000_000, "bridge"},
		"the passes settle":             {500, 500, 1000, "aggregate"},
		"ingest takes, and they settle": {500, 160, 1000, "aggregate"},
	} {
		t.Run(name, func(t *testing.T) {
			backlog := func() *evening {
				return &evening{reads: tc.reads, takes: tc.takes, portion: tc.portion, produced: 15_000}
			}
			said := false
			e := playOn(backlog(), outage{}, func(now time.Time, e *evening) {
				if e.shown.Is(Delayed) && now.After(closes.Add(-5*time.Minute+2*interval)) { // once there is a report, and a pass
					t.Fatalf("at %s delayed by %+v, with %d of %d votes settled", now.Format("15:04:05"), e.shown.Reasons, e.settled, e.produced)
				}
				said = said || len(e.shown.Reasons) > 0 && e.shown.Reasons[0].Code == ReasonCatchingUp
			})
			if !said || !e.shown.Is(Complete) {
				t.Errorf("catching up was said: %v; in the end %+v, want complete", said, e.shown)
			}
			delayed := false
			playOn(backlog(), outage{tc.stage, closes, closes.Add(10 * time.Minute)}, func(_ time.Time, e *evening) { delayed = delayed || e.shown.Is(Delayed) })
			if !delayed {
				t.Errorf("nobody was told that %s was stopped", tc.stage)
			}
		})
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
