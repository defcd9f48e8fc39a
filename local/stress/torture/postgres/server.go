package postgres

import (
	"context"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

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
