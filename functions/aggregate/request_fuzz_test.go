package aggregate

import (
	"testing"
	"time"
)

// Whatever a body holds, it is refused, or says when to end.
func FuzzRequest(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `{"until":"caught_up","seconds":0}`, `{"until":"deadline","seconds":3600}`, `{"seconds":null}`,
		`{"seconds":-1}`, `{"seconds":1e308}`, `{"until":"noon"}`, `{"shard":0}`, `{"until":7}`, `[]`, "\xff", `{`,
		`{"rebuild":"all"}`, `{"rebuild":{"from":"2026-11-03T12:00:00Z","to":"2026-11-03T15:00:00Z"}}`, `{"rebuild":null}`, `{"rebuild":{"to":7}}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		h := NewWith(Config{Drain: time.Minute}, nil)
		r, err := h.request([]byte(body))
		if err != nil {
			return
		}
		if r.until != Deadline && r.until != CaughtUp {
			t.Errorf("%q drains until %d", body, r.until)
		}
		if r.drain < 0 || r.drain > maxSeconds*time.Second {
			t.Errorf("%q drains for %v", body, r.drain)
		}
		if r.rebuild != nil && !r.rebuild.All() && !r.rebuild.From.Before(r.rebuild.To) {
			t.Errorf("%q rebuilds %v", body, r.rebuild)
		}
	})
}
