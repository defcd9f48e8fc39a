package postgres

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/local/stress/torture"
)

// proxy stands between the stages of a trial and the database.
type proxy struct {
	*faults.Postgres
	listener net.Listener
}

// Connect implements torture.Database.
func (d *database) Connect(_ context.Context, w torture.Way) (map[string]string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d.proxy = proxy{&faults.Postgres{
		In: w.In, Server: d, Skew: w.Skew, Rewrite: w.Rewrite, Forgetful: w.Forgetful, Statement: w.Statement,
	}, l}
	go d.proxy.Serve(l)
	return map[string]string{
		"DATABASE_URL": fmt.Sprintf("postgres://tallystream@%s/%s?sslmode=disable", l.Addr(), d.name()),
	}, nil
}

// Disconnect implements torture.Database.
func (d *database) Disconnect() {
	_ = d.listener.Close() // once
	d.proxy.Postgres.Close()
}

// Err implements torture.Database.
func (d *database) Err() error { return d.proxy.Postgres.Err() }

// Dial implements faults.PostgresServer.
func (d *database) Dial(ctx context.Context) (net.Conn, error) {
	c := d.admin.Config().ConnConfig
	network, address := pgconn.NetworkAddress(c.Host, c.Port)
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// terminatePatience is how long a session may take to end, in milliseconds.
const terminatePatience = 20_000

// Terminate implements faults.PostgresServer.
func (d *database) Terminate(ctx context.Context, pid uint32) error {
	defer d.Hold()()
	_, err := d.admin.Exec(ctx, "SELECT pg_terminate_backend($1, $2)", pid, terminatePatience)
	return err
}

// Committing implements faults.PostgresServer.
func (d *database) Committing(ctx context.Context, pid uint32) error {
	defer d.Hold()()
	const waits = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'SyncRep')"
	for {
		var there bool
		if err := d.admin.QueryRow(ctx, waits, pid).Scan(&there); err != nil || there {
			return err
		}
		time.Sleep(poll)
	}
}

// Crash implements faults.PostgresServer.
func (d *database) Crash(ctx context.Context) error {
	d.up.Lock()
	defer d.up.Unlock()
	d.server.Kill()
	defer d.admin.Reset()
	defer d.tables.Reset()
	return d.server.Resume(ctx)
}

// Keep implements faults.PostgresServer.
func (d *database) Keep(ctx context.Context, sql string) error {
	defer d.Hold()()
	_, err := d.tables.Exec(ctx, sql)
	return err
}
