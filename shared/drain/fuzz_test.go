package drain

import (
	"testing"
	"time"
)

// Whatever a body holds, it is refused, or is a call that can be carried out.
func FuzzBridgeRequest(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `{"shard":1,"shards":4,"until":"caught_up","seconds":5}`, `{"shard":-1}`, `{"shards":0}`,
		`{"seconds":1e999}`, `{"seconds":-0.1}`, `{"until":"noon"}`, `{"other":1}`, `[`, `{"shards":9223372036854775808}`, "\xff", `null`,
		`{"replay":{}}`, `{"replay":{"topic":"votes","partition":0,"from":3,"to":9}}`, `{"replay":{"from_time":"2026-11-03T12:00:00Z"}}`,
		`{"replay":{"from":9,"to":3}}`, `{"replay":{"partition":-1}}`, `{"replay":{"next":{"votes/0":5}}}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r, err := parseBridge([]byte(body))
		if err != nil {
			return
		}
		check(t, body, r.Request)
		if err := r.validate(); err != nil {
			t.Errorf("%q is taken, but %v", body, err)
		}
		mine := 0
		for shard := range min(r.Shards, 100) {
			r.Shard = shard
			if r.Mine(0, 7) {
				mine++
			}
		}
		if r.Shards <= 100 && mine != 1 {
			t.Errorf("%q gives a partition to %d of %d shards", body, mine, r.Shards)
		}
	})
}

// Whatever a body holds, it is refused, or says when to end.
func FuzzAggregateRequest(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `{"until":"caught_up","seconds":0}`, `{"until":"deadline","seconds":3600}`, `{"seconds":null}`,
		`{"seconds":-1}`, `{"seconds":1e308}`, `{"until":"noon"}`, `{"shard":0}`, `{"until":7}`, `[]`, "\xff", `{`,
		`{"rebuild":"all"}`, `{"rebuild":{"from":"2026-11-03T12:00:00Z","to":"2026-11-03T15:00:00Z"}}`, `{"rebuild":null}`, `{"rebuild":{"to":7}}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r, err := parseAggregate([]byte(body))
		if err != nil {
			return
		}
		check(t, body, r.Request)
		if r.Rebuild != nil && !r.Rebuild.All() && !r.Rebuild.From.Before(r.Rebuild.To) {
			t.Errorf("%q rebuilds %v", body, r.Rebuild)
		}
	})
}

// check checks what a body that is taken asks for.
func check(t *testing.T, body string, r Request) {
	t.Helper()
	if r.Until != "" && r.Until != Deadline && r.Until != CaughtUp {
		t.Errorf("%q drains until %s", body, r.Until)
	}
	if d := r.Duration(time.Minute); d < 0 || d > time.Hour {
		t.Errorf("%q drains for %v", body, d)
	}
}
