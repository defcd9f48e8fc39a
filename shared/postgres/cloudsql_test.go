package postgres

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
)

const anInstance = "springfield-votes:us-central1:tallystream"

// whileRegistered runs a test with a dialer, or without one.
func whileRegistered(t *testing.T, newDialer func(context.Context) (Dialer, error)) {
	before := dialer.Load()
	t.Cleanup(func() { dialer.Store(before) })
	dialer.Store(nil)
	if newDialer != nil {
		RegisterDialer(newDialer)
	}
}

type refusingDialer struct{ err error }

func (d refusingDialer) Dial(context.Context, string) (net.Conn, error) { return nil, d.err }

// What an instance decides isn't accepted beside it, and nothing shows a password.
func TestCloudSQLRefuses(t *testing.T) {
	whileRegistered(t, func(context.Context) (Dialer, error) { return refusingDialer{}, nil })
	for _, c := range []struct{ url, instance, want string }{
		{"user=u dbname=d", "tallystream", "PROJECT:REGION:INSTANCE"},
		{"user=u dbname=d", "p:us-central1:", "CLOUD_SQL_INSTANCE"},
		{"user=u dbname=d host=h", anInstance, "without host and password"},
		{"user=u dbname=d port=5433", anInstance, "without host and password"},
		{"user=u dbname=d sslmode=require", anInstance, "DATABASE_URL"},
		{"postgres://u@h/d", anInstance, "without host and password"},
		{"postgres://u:secret@/d", anInstance, "without host and password"},
		{"user=u password=secret dbname=d", anInstance, "without host and password"},
	} {
		_, err := Connect(c.url, "test", CloudSQL(c.instance))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q to %q: %v, want an error about %s", c.url, c.instance, err, c.want)
		}
	}
}

// A program without the connector says how to do without.
func TestCloudSQLWithoutConnector(t *testing.T) {
	whileRegistered(t, nil)
	_, err := Connect("user=u dbname=d", "test", CloudSQL(anInstance))
	if err == nil || !strings.Contains(err.Error(), "cloud-sql-proxy --auto-iam-authn --private-ip "+anInstance) {
		t.Errorf("%v doesn't name the proxy", err)
	}
	pool, err := Connect("postgres://u:p@h/d", "test", CloudSQL(""))
	if err != nil {
		t.Fatalf("no instance: %v", err)
	}
	pool.Close()
}

// An instance that can't be reached is named, with what lets the account in.
func TestCloudSQLUnreachable(t *testing.T) {
	for name, newDialer := range map[string]func(context.Context) (Dialer, error){
		"CLOUD_SQL_INSTANCE " + anInstance: func(context.Context) (Dialer, error) { return refusingDialer{errors.New("403")}, nil },
		"credentials of Google Cloud":      func(context.Context) (Dialer, error) { return nil, errors.New("none") },
	} {
		whileRegistered(t, newDialer)
		pool, err := Connect("user=u dbname=d pool_max_conns=2", "test", CloudSQL(anInstance))
		if err != nil {
			t.Fatal(err)
		}
		err = Explain(pool.Ping(t.Context()))
		pool.Close()
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "host and port") {
			t.Errorf("%v, want a sentence about %s", err, name)
		}
	}
}
