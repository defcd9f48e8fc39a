package httpdoc

import (
	"strings"
	"testing"
	"time"
)

func TestPolicyIsStrict(t *testing.T) {
	for _, word := range []string{"unsafe-inline", "unsafe-eval", "*", "http:"} {
		if p := policy([]string{"https://example.org"}, nil); strings.Contains(p, word) {
			t.Errorf("policy allows %q: %s", word, p)
		}
	}
}

func TestCacheControl(t *testing.T) {
	for refresh, want := range map[time.Duration]string{
		100 * time.Millisecond:  "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=10",
		time.Second:             "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=10",
		1500 * time.Millisecond: "public, max-age=0, s-maxage=2, stale-while-revalidate=2, stale-if-error=10",
		time.Minute:             "public, max-age=0, s-maxage=60, stale-while-revalidate=60, stale-if-error=10",
	} {
		if got := CacheControl(refresh, 10*time.Second); got != want {
			t.Errorf("cacheControl(%v) = %q, want %q", refresh, got, want)
		}
	}
}
