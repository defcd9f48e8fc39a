package cost

import "time"

// Waiting estimates a day on which a deployment waits for an election: everybody is
// registered, nobody votes, nothing comes, and nobody looks. If it rests, the calls of
// each minute end at once (IDLE_SECONDS); else they go on until the next.
func Waiting(w Workload, rests bool, m Measurement, p Prices) (Estimate, error) {
	if err := w.Validate(); err != nil {
		return Estimate{}, err
	}
	e := Estimate{Workload: w, Voters: w.Voters, Interval: w.PassInterval.Seconds()}
	s := &sum{prices: p, estimate: &e}
	const minutes = 24 * 60
	bridge, aggregate, polls := bridgeShare*60, drainShare*60, max(1, 60/w.period())
	reports := time.Minute.Seconds()/reportsEvery.Seconds() + 1
	if rests {
		bridge, aggregate, polls, reports = restTimeBridge.Seconds(), restTimeAggregate.Seconds(), 1, restReports
	}
	shards := float64(w.Shards)
	messages := minutes * shards * reports

	s.add(partPubSub, "published", pubsubTiB, messages*leastMessage/tib)
	s.add(partPubSub, "delivered", pubsubTiB, messages*leastMessage/tib)
	s.instances("bridge", bridgeInstance, minutes*shards*bridge)
	s.instances("ingest", ingestInstance, messages*appendTime.Seconds())
	s.instances("aggregate", aggregateInstance, minutes*aggregate)
	s.add(partFunctions, "requests", millionCalls, (minutes*(shards+1)+messages)/1e6)

	// Nothing is recent. Once a day all of raw is looked through.
	quiet := moment{m: &m, w: w, voterRecords: float64(w.Voters), period: w.period()}
	everything := quiet
	everything.voterRate = quiet.voterRecords / (recentHours * 3600) // all of it is recent
	s.add(partQueries, "passes: "+groupNew, queryTiB, (minutes*polls*quiet.bytes(poll)+everything.bytes(poll))/tib)
	s.add(partQueries, "passes: "+groupResults, queryTiB, minutes*quiet.bytes(state)/tib)

	stored := quiet.wholeRows("core.voters")*m.width("core.voters", nil) +
		quiet.voterRecords*quiet.perVoter("raw.voters")*m.width("raw.voters", nil)
	s.add(partWarehouse, "registrations", storedGiBMonth, stored/gib/daysOfMonth)
	s.other(w, 1.0/daysOfMonth, minutes*(shards+1)+messages)
	s.finish()
	return e, s.err
}
