// Package bigquery has the tables of trials in the BigQuery emulator.
package bigquery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	client "cloud.google.com/go/bigquery"
	"google.golang.org/api/iterator"
	"google.golang.org/grpc"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/stress/torture"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Warehouse is one BigQuery, with a project for each database.
type Warehouse struct {
	server   *bigquery.Server
	write    *grpc.ClientConn
	projects map[string]*project
}

// Start starts a BigQuery.
func Start(ctx context.Context) (*Warehouse, error) {
	w := &Warehouse{projects: map[string]*project{}}
	var err error
	// No statement runs before the projects are there.
	if w.server, err = bigquery.Start(ctx, bigquery.Options{BeforeStatement: w.statement}); err != nil {
		return nil, err
	}
	if w.write, err = torture.DialGRPC(w.server.GRPC()); err != nil {
		return nil, errors.Join(err, w.server.Close())
	}
	return w, nil
}

// Kind implements torture.Warehouse.
func (w *Warehouse) Kind() string { return endpoint.BigQuery }

// Concurrency implements torture.Warehouse. Most trials wait for a deadline most of the time.
func (w *Warehouse) Concurrency() int { return 6 }

// Close implements torture.Warehouse.
func (w *Warehouse) Close() error { return errors.Join(w.write.Close(), w.server.Close()) }

// statement is called before every statement of a script. Those of the passes of
// a trial are steps, which may suffer a fault.
func (w *Warehouse) statement(ctx context.Context, s bigquery.Statement) error {
	way := w.projects[s.Project].way.Load()
	if way == nil {
		return nil
	}
	if way.Statement != nil {
		way.Statement(s.Number, s.SQL)
	}
	return way.In.Statement(ctx)
}

// project is a project of BigQuery. It is emptied between trials rather than created
// anew, because the emulator keeps the analysis of the queries of a project.
type project struct {
	warehouse *Warehouse
	id        string
	client    *warehouse.Client
	hasTables bool
	way       atomic.Pointer[torture.Way] // of the trial under way
	proxies
}

// Open implements torture.Warehouse. All databases are opened before the first is used.
func (w *Warehouse) Open(ctx context.Context, number int) (torture.Database, error) {
	p := &project{warehouse: w, id: fmt.Sprintf("torture-%d", number)}
	var err error
	p.client, err = endpoint.Cloud{Project: p.id, BigQuery: w.server.REST(), BigQueryStorage: w.server.GRPC()}.NewBigQuery(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	w.projects[p.id] = p
	return p, nil
}

func (p *project) Close() error { return p.client.Close() }

// Hold implements torture.Database. Nothing kills BigQuery.
func (p *project) Hold() (release func()) { return func() {} }

func (p *project) Tables() query.Warehouse { return query.Warehouse{BigQuery: p.client} }

// Idle waits until no job of the project runs. A job goes on when the process
// that asked for it is killed.
func (p *project) Idle(ctx context.Context) error {
	for {
		jobs := p.client.Jobs(ctx)
		jobs.State = client.Running
		switch _, err := jobs.Next(); {
		case errors.Is(err, iterator.Done):
			return nil
		case err != nil:
			return fmt.Errorf("list the jobs that run: %w", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("a job goes on: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Empty deletes the rows of all tables. The first time it creates the tables.
func (p *project) Empty(ctx context.Context, _ torture.Way) error {
	if !p.hasTables {
		if err := warehouse.Ensure(ctx, p.client); err != nil {
			return err
		}
		p.hasTables = true
		return nil
	}
	var script strings.Builder
	for _, t := range warehouse.Tables() {
		fmt.Fprintf(&script, "TRUNCATE TABLE %s.%s;\n", t.Dataset, t.Name)
	}
	if err := query.Exec(ctx, p.client.Query(script.String())); err != nil {
		return fmt.Errorf("empty the tables: %w", err)
	}
	return nil
}
