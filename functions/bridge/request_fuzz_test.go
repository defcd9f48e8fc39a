package bridge

import (
	"testing"
	"time"
)

// Whatever a body holds, it is refused, or is a request that can be carried out.
func FuzzReadRequest(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `{"shard":1,"shards":4,"until":"caught_up","seconds":5}`, `{"shard":-1}`, `{"shards":0}`,
		`{"seconds":1e999}`, `{"seconds":-0.1}`, `{"until":"noon"}`, `{"other":1}`, `[`, `{"shards":9223372036854775808}`, "\xff", `null`,
		`{"replay":{}}`, `{"replay":{"topic":"votes","partition":0,"from":3,"to":9}}`, `{"replay":{"from_time":"2026-11-03T12:00:00Z"}}`,
		`{"replay":{"from":9,"to":3}}`, `{"replay":{"partition":-1}}`, `{"replay":{"next":{"votes/0":5}}}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r, err := parseRequest([]byte(body))
		if err != nil {
			return
		}
		if err := r.validate(); err != nil {
			t.Errorf("%q is taken, but %v", body, err)
		}
		if d := r.duration(time.Minute); d < 0 || d > time.Hour {
			t.Errorf("%q drains for %v", body, d)
		}
		mine := 0
		for shard := range min(r.Shards, 100) {
			r.Shard = shard
			if r.mine(0, 7) {
				mine++
			}
		}
		if r.Shards <= 100 && mine != 1 {
			t.Errorf("%q gives a partition to %d of %d shards", body, mine, r.Shards)
		}
	})
}
