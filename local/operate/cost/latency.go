package cost

import "time"

// Latency is how long a vote takes from Kafka to the total on the dashboard of somebody
// who looks. It is modelled. Votes by candidate move with the steps and passes: see
// functions/dashboard/api.md.
type Latency struct {
	Pass float64 `json:"pass_seconds"` // a pass, on average, while people vote
	Look float64 `json:"look_seconds"` // a query of the dashboard
	P50  float64 `json:"p50_seconds"`
	P99  float64 `json:"p99_seconds"`
}

// passTime is how long a pass of so many statements takes that reads so many bytes.
func passTime(statements int, bytes float64) time.Duration {
	return time.Duration(statements)*statementTime + time.Duration(bytes/gib*float64(ReadTime))
}

// latencyOf is the latency where a pass takes so long, and a look reads so many bytes. A
// vote waits for others to share its message, is carried to raw, and waits for the dashboard
// to look. Half of the waits are half as long as the longest, and hardly any is longer than
// that. A look that is due while another is under way begins beside it; a third waits
// (functions/dashboard/refresh).
func latencyOf(w Workload, pass time.Duration, bytes float64) Latency {
	look := snapshotTime + time.Duration(bytes/gib*float64(ScanTime))
	longest := w.Linger.Seconds() + max(w.Refresh, look/2).Seconds()
	return Latency{
		Pass: pass.Seconds(), Look: look.Seconds(),
		P50: (carryTime + look).Seconds() + longest/2,
		P99: (carryTime99 + look).Seconds() + longest,
	}
}
