package aggregate

import (
	"strings"
	"testing"
	"time"
)

// Whatever a body holds, it is refused, or says when to end.
func FuzzRequest(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `{"until":"caught_up","seconds":0}`, `{"until":"deadline","seconds":3600}`, `{"seconds":null}`,
		`{"seconds":-1}`, `{"seconds":1e308}`, `{"until":"noon"}`, `{"shard":0}`, `{"until":7}`, `[]`, "\xff", `{`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		h := &Handler{Drain: time.Minute}
		until, drain, err := h.request(strings.NewReader(body))
		if err != nil {
			return
		}
		if until != Deadline && until != CaughtUp {
			t.Errorf("%q drains until %d", body, until)
		}
		if drain < 0 || drain > maxSeconds*time.Second {
			t.Errorf("%q drains for %v", body, drain)
		}
	})
}
