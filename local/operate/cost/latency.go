package cost

import "time"

// Latency is how long a vote takes from Kafka to the dashboard of somebody who looks,
// and what of it is a pass. It is modelled.
type Latency struct {
	Pass float64 `json:"pass_seconds"` // on average, while people vote
	P50  float64 `json:"p50_seconds"`
	P99  float64 `json:"p99_seconds"`
}

// passTime is how long a pass of so many statements takes that reads so many bytes.
func passTime(statements int, bytes float64) time.Duration {
	return time.Duration(statements)*statementTime + time.Duration(bytes/gib*float64(readTime))
}

// latencyOf is the latency where a pass takes so long. A vote waits for others to share
// its message, is carried to raw, waits for the next pass and for its end, and for the
// dashboard to look. Half of the waits are half as long as the longest, and hardly any
// is longer than that.
func latencyOf(w Workload, pass time.Duration) Latency {
	longest := w.Linger.Seconds() + w.periodOf(pass) + w.Refresh.Seconds()
	return Latency{
		Pass: pass.Seconds(),
		P50:  (carryTime + pass + snapshotTime).Seconds() + longest/2,
		P99:  (carryTime99 + pass + snapshotTime).Seconds() + longest,
	}
}
