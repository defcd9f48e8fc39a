package postgres

import (
	"strings"
	"testing"
)

func TestSupportedServers(t *testing.T) {
	for text, want := range map[string]bool{
		"15.18 (Debian 15.18-0+deb12u1)": true, "16.0": true, "17beta1": true, "18.3": true,
		"14.22": false, "19devel": false, "9.6.24": false, "": false, "unknown": false,
	} {
		err := supportedServer(text)
		if (err == nil) != want {
			t.Errorf("%q: %v, want supported: %v", text, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "DATABASE_URL") {
			t.Errorf("%q: %v doesn't name the setting", text, err)
		}
	}
}

// A URL that can't be read isn't shown: it may hold a password.
func TestConnectHidesTheURL(t *testing.T) {
	for _, url := range []string{"postgres://u:secret@host:port/d", "postgres://u:secret@h/d?sslmode=maybe", "secret"} {
		_, err := Connect(url, "test")
		if err == nil {
			t.Errorf("%q was read", url)
			continue
		}
		if strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "DATABASE_URL") {
			t.Errorf("%v shows the URL or doesn't name the setting", err)
		}
	}
}

// A pool has as many connections as its function wants, unless the URL says how many.
func TestConnections(t *testing.T) {
	for url, want := range map[string]int32{
		"postgres://u@h/d": 3, "user=u dbname=d": 3, "postgres://u@h/d?pool_max_conns=7": 7, "user=u pool_max_conns=4": 4,
	} {
		pool, err := Connect(url, "test", Connections(3))
		if err != nil {
			t.Fatal(err)
		}
		if got := pool.Config().MaxConns; got != want {
			t.Errorf("%s: %d connections, want %d", url, got, want)
		}
		pool.Close()
	}
}
