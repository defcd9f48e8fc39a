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
	Latency  Latency  `json:"latency"`
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
	partOther     = "scheduler, logs, alerts"
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
	s.other(w, 1, messages+2*s.minutes(w))
	s.finish()
	return e, s.err
}

// other adds what is paid by the month, for a share of one, and the log of so many calls.
// Besides the jobs of the schedule, two a shard, there are two that a person runs.
func (s *sum) other(w Workload, months, calls float64) {
	s.add(partOther, "schedule", jobMonth, months*(2*float64(w.Shards)+3))
	s.add(partOther, "log entries", loggedGiB, 2*entryBytes*calls/gib)
	s.add(partOther, "alerts, by the month", alertMonth, months*alertReferences)
	s.add(partOther, "alerts, by what they look at", alertPoints, months*daysOfMonth*24*60*alertSeries/1e6)
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
	voters, votes = voters*bridgeShare, votes*bridgeShare
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
	minutes := 60 * s.minutes(w)
	records := 2 * float64(w.Voters)
	ingest := messages*appendTime.Seconds()/ingestInstance.concurrency + records*float64(m.CPUs)/m.Ingest
	for _, f := range []struct {
		name    string
		size    instance
		seconds float64
	}{
		{"bridge", bridgeInstance, minutes * bridgeShare * float64(w.Shards)},
		{"ingest", ingestInstance, ingest},
		{"aggregate", aggregateInstance, minutes * drainShare},
		{"dashboard", dashboardInstance, w.seconds()},
	} {
		s.instances(f.name, f.size, f.seconds)
	}
	s.add(partFunctions, "requests", millionCalls, (messages+s.minutes(w)*float64(w.Shards+1))/1e6)
}

// instances adds what the instances of a function cost that work for so many seconds.
func (s *sum) instances(name string, size instance, seconds float64) {
	s.add(partFunctions, name+", CPU", vCPUSecond, seconds*size.vCPU)
	s.add(partFunctions, name+", memory", gibSecond, seconds*size.gib)
}

// queries adds the passes over the registrations and over the day, and what the
// dashboard asks on the day.
func (s *sum) queries(w Workload, m *Measurement) {
	groups := map[string]float64{}
	var dashboard dashboard
	var took time.Duration // the last pass
	passes, voting := 0.0, time.Duration(0)
	each := func(seconds float64, at func(elapsed float64) moment) {
		for begun := 0.0; begun < seconds; {
			period := w.periodOf(took)
			t := at(min(begun+period, seconds))
			t.period = period
			bytes := 0.0
			for group, b := range t.passBytes() {
				groups[group] += b
				bytes += b
			}
			took = passTime(len(stepsOf(t.voterRate > 0)), bytes)
			if t.voteRate > 0 {
				voting += took
				groups[groupSteps] += t.stepBytes()
				dashboard.during(t)
			}
			passes++
			begun += period
		}
	}
	voters, votes := float64(w.Voters), float64(w.Voters)
	load := w.loadSeconds()
	each(load, func(elapsed float64) moment {
		return moment{m: m, w: w, voterRate: voters / load, voterRecords: voters * elapsed / load, loadMinutes: max(1, elapsed/60)}
	})
	before := passes
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
	s.estimate.Latency = latencyOf(w, voting/time.Duration(passes-before), dashboard.read/max(1, dashboard.reads))
	for _, group := range []string{groupHeld, groupReplace, groupNew, groupWindows, groupResults} {
		s.add(partQueries, "passes: "+group, queryTiB, groups[group]/tib)
	}
	s.add(partQueries, groupSteps, queryTiB, groups[groupSteps]/tib)
	s.add(partQueries, "dashboard: what has come", queryTiB, dashboard.read/tib)
	s.add(partQueries, "dashboard: whether anything has", queryTiB, dashboard.asked/tib)
}

// dashboard is what the queries of the dashboard are billed for, in bytes.
type dashboard struct {
	read, asked float64 // snapshots, and questions whether there is another
	reads       float64 // how many snapshots
}

// during adds the queries from a pass to the next. A look reads a snapshot if something
// has come since the look before, or since the one before that.
func (d *dashboard) during(t moment) {
	looks, come := t.period/t.w.Refresh.Seconds(), t.comes(2*t.w.Refresh)
	reads := looks*come + t.period/wholeEvery.Seconds()*(1-come)
	d.reads += reads
	d.read += reads * t.bytes(snapshot(t.voterRate > 0))
	d.asked += looks * (1 - come) * t.bytes(arrivals)
}

// warehouse adds the rows that ingest appends, and what all tables hold.
func (s *sum) warehouse(w Workload, m *Measurement) {
	end := moment{
		m: m, w: w, voterRecords: float64(w.Voters), voteRecords: float64(w.Voters),
		voteRate: float64(w.Voters) / w.seconds(), hours: w.Hours, loadMinutes: max(1, w.loadSeconds()/60),
	}
	raw := float64(w.Voters) * (end.perVoter("raw.voters")*m.width("raw.voters", nil) + end.perVote("raw.votes")*m.width("raw.votes", nil))
	raw += 2 * float64(w.Voters) * end.perRecord("raw.rejects") * m.width("raw.rejects", nil)
	raw *= bridgeShare
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
