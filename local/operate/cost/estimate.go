package cost

import (
	"fmt"
	"time"
)

// Line is one position of an estimate.
type Line struct {
	Part     string  `json:"part"`
	What     string  `json:"what"`
	Item     string  `json:"item"` // of the price list
	Quantity float64 `json:"quantity"`
	Unit     string  `json:"unit"`
	Cost     float64 `json:"cost"`
}

// Estimate is what an election costs.
type Estimate struct {
	Workload Workload `json:"-"`
	Voters   int64    `json:"voters"`
	Hours    float64  `json:"hours"`
	Interval float64  `json:"pass_interval_seconds"`
	Passes   float64  `json:"passes"`
	Lines    []Line   `json:"lines"`
	Total    float64  `json:"total"` // at list prices, nothing free
	// AfterFree is the total if the account's free quantities of the month are used
	// by nothing but the election.
	AfterFree float64 `json:"after_free_tiers"`
}

// Parts of an estimate.
const (
	partPubSub    = "Pub/Sub"
	partFunctions = "Cloud Run functions"
	partQueries   = "BigQuery queries"
	partWarehouse = "BigQuery writing and storage"
	partOther     = "scheduler, logs"
)

// Of estimates the cost of an election.
func Of(w Workload, m Measurement, p Prices) (Estimate, error) {
	if err := w.Validate(); err != nil {
		return Estimate{}, err
	}
	e := Estimate{Workload: w, Voters: w.Voters, Hours: w.Hours, Interval: w.PassInterval.Seconds()}
	s := &sum{prices: p, estimate: &e}
	messages := s.pubsub(w, &m)
	s.functions(w, &m, messages)
	s.queries(w, &m)
	s.warehouse(w, &m)
	s.add(partOther, "schedule", jobMonth, float64(w.Shards)+1)
	s.add(partOther, "log entries", loggedGiB, 2*entryBytes*(messages+2*s.minutes(w))/gib)
	s.finish()
	return e, s.err
}

const (
	gib = 1 << 30
	tib = 1 << 40
)

// sum adds up an estimate.
type sum struct {
	prices   Prices
	estimate *Estimate
	err      error
}

func (s *sum) add(part, what, item string, quantity float64) {
	price, err := s.prices.of(item)
	if err != nil {
		s.err = err
		return
	}
	s.estimate.Lines = append(s.estimate.Lines, Line{
		Part: part, What: what, Item: item, Quantity: quantity, Unit: price.Unit, Cost: quantity * price.Price,
	})
}

func (s *sum) finish() {
	used := map[string]float64{}
	for _, l := range s.estimate.Lines {
		s.estimate.Total += l.Cost
		used[l.Item] += l.Quantity
	}
	for _, price := range s.prices.Items {
		s.estimate.AfterFree += max(0, used[price.Name]-price.Free) * price.Price
	}
}

// minutes is how long the schedule runs.
func (s *sum) minutes(w Workload) float64 { return (w.seconds() + w.loadSeconds()) / 60 }

// pubsub adds what is published and delivered, and returns the messages.
func (s *sum) pubsub(w Workload, m *Measurement) float64 {
	voters, votes := float64(w.Voters), float64(w.Voters)
	n := w.perMessage(votes)
	messages := votes/n + voters/batchRecords
	bytes := votes/n*max(leastMessage, m.batchBytes(n)) + voters/batchRecords*max(leastMessage, m.batchBytes(batchRecords))
	s.add(partPubSub, "published", pubsubTiB, bytes/tib)
	s.add(partPubSub, "delivered", pubsubTiB, bytes/tib)
	return messages
}

// functions adds the instances. Bridge and aggregate work for most of each minute
// of the schedule. Ingest works while it handles messages or waits for their
// appends. The dashboard has one instance all day.
func (s *sum) functions(w Workload, m *Measurement, messages float64) {
	busy := 60 * s.minutes(w) * drainShare
	records := 2 * float64(w.Voters)
	ingest := messages*appendTime.Seconds()/ingestInstance.concurrency + records*float64(m.CPUs)/m.Ingest
	for _, f := range []struct {
		name    string
		size    instance
		seconds float64
	}{
		{"bridge", bridgeInstance, busy * float64(w.Shards)},
		{"ingest", ingestInstance, ingest},
		{"aggregate", aggregateInstance, busy},
		{"dashboard", dashboardInstance, w.seconds()},
	} {
		s.add(partFunctions, f.name+", CPU", vCPUSecond, f.seconds*f.size.vCPU)
		s.add(partFunctions, f.name+", memory", gibSecond, f.seconds*f.size.gib)
	}
	s.add(partFunctions, "requests", millionCalls, (messages+s.minutes(w)*float64(w.Shards+1))/1e6)
}

// queries adds the passes over the registrations and over the day, and what the
// dashboard asks.
func (s *sum) queries(w Workload, m *Measurement) {
	groups := map[string]float64{}
	passes, snapshots := 0.0, 0.0
	each := func(seconds float64, at func(elapsed float64) moment) {
		for begun := 0.0; begun < seconds; begun += w.period() {
			t := at(min(begun+w.period(), seconds))
			for group, bytes := range t.passBytes() {
				groups[group] += bytes
			}
			snapshots += 2 * t.bytes(snapshot)
			passes++
		}
	}
	voters, votes := float64(w.Voters), float64(w.Voters)
	load := w.loadSeconds()
	each(load, func(elapsed float64) moment {
		return moment{m: m, w: w, voterRate: voters / load, voterRecords: voters * elapsed / load, loadMinutes: max(1, elapsed/60)}
	})
	var last moment
	each(w.seconds(), func(elapsed float64) moment {
		last = moment{
			m: m, w: w, voterRecords: voters, loadMinutes: max(1, load/60),
			voteRate: votes / w.seconds(), voteRecords: votes * elapsed / w.seconds(), hours: elapsed / 3600,
		}
		return last
	})
	groups[groupResults] += s.minutes(w) * last.bytes(state) // each drain begins with it
	s.estimate.Passes = passes
	for _, group := range []string{groupHeld, groupReplace, groupNew, groupWindows, groupResults} {
		s.add(partQueries, "passes: "+group, queryTiB, groups[group]/tib)
	}
	looks := w.seconds() / refresh.Seconds() * last.bytes(newestBooks)
	s.add(partQueries, "dashboard", queryTiB, (looks+snapshots)/tib)
}

// warehouse adds the rows that ingest appends, and what all tables hold.
func (s *sum) warehouse(w Workload, m *Measurement) {
	end := moment{
		m: m, w: w, voterRecords: float64(w.Voters), voteRecords: float64(w.Voters),
		voteRate: float64(w.Voters) / w.seconds(), hours: w.Hours, loadMinutes: max(1, w.loadSeconds()/60),
	}
	raw := float64(w.Voters) * (end.perVoter("raw.voters")*m.width("raw.voters", nil) + end.perVote("raw.votes")*m.width("raw.votes", nil))
	raw += 2 * float64(w.Voters) * end.perRecord("raw.rejects") * m.width("raw.rejects", nil)
	core := 0.0
	for _, table := range []string{"core.ballots", "core.voters", "core.duplicates", "core.vote_windows", "core.electorate_windows"} {
		core += end.wholeRows(table) * m.width(table, nil)
	}
	s.add(partWarehouse, "appends to raw", writeGiB, raw/gib)
	s.add(partWarehouse, "raw, for a month", storedGiBMonth, storedMonths*raw/gib)
	s.add(partWarehouse, "core and analytics, for a month", storedGiBMonth, storedMonths*core/gib)
}

// Visits is what readers of the dashboard cost beyond its one instance. Each
// reader loads the page once, and the results whenever a pass changed them.
func Visits(visits float64, stay time.Duration, w Workload, m Measurement, p Prices) (float64, error) {
	egress, err := p.of(egressGiB)
	if err != nil {
		return 0, fmt.Errorf("price a visit: %w", err)
	}
	cpu, err := p.of(vCPUSecond)
	if err != nil {
		return 0, fmt.Errorf("price a visit: %w", err)
	}
	changes := stay.Seconds() / w.period()
	bytes := float64(m.PageBytes) + (1+changes)*float64(m.ResultsBytes)
	seconds := stay.Seconds() / dashboardInstance.concurrency
	return visits * (bytes/gib*egress.Price + seconds*cpu.Price), nil
}
