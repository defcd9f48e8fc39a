package e2e_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
)

// When everything is counted and nobody is waited for, what the schedule asks for each
// minute ends at once.
func TestScheduleOfAnIdleDeployment(t *testing.T) {
	l := newLine(t, newFixture(t, small()))
	l.env["IDLE_SECONDS"] = "1ms"
	delete(l.env, "ELECTION") // whose hours may be now
	l.start()
	l.push(l.ingest)
	l.drain()
	l.passUntilAll()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for stage, h := range map[string]http.Handler{"bridge": l.bridge, "aggregate": l.aggregate} {
		var s struct {
			Idle     bool
			CaughtUp bool `json:"caught_up"`
			Records  int64
		}
		code, answer := l.call(ctx, h, `{"until":"deadline","seconds":3600}`)
		if err := json.Unmarshal([]byte(answer), &s); err != nil || code != http.StatusOK || !s.Idle || !s.CaughtUp || s.Records != 0 {
			t.Errorf("%s: %d %s", stage, code, answer)
		}
	}
}
