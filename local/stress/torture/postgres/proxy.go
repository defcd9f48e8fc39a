package postgres

import (
	"context"
	"fmt"
	"net"

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
