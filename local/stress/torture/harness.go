package torture

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
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Harness runs trials: it has one BigQuery, with a project for each trial that
// runs at the same time.
type Harness struct {
	// Thorough audits the outcome of every trial; otherwise those of the seeds and
	// of a sample of the matrix are audited. The matrix then tries a statement in
	// every pass that has it, and otherwise in one of them.
	Thorough bool

	bigquery *bigquery.Server
	write    *grpc.ClientConn
	program  []string            // serves a function in a process of its own
	free     chan *project       // those without a trial
	projects map[string]*project // all
}

// project is a project of BigQuery that one trial at a time has to itself. It is
// emptied between trials rather than created anew, because the emulator keeps the
// analysis of the queries of a project.
type project struct {
	harness   *Harness
	id        string
	hmacKey   string
	client    *warehouse.Client
	trial     atomic.Pointer[trial] // under way
	hasTables bool
}

// Concurrency is how many trials run at a time. Most of them wait for a deadline
// most of the time.
const Concurrency = 6

// NewHarness starts a BigQuery with its projects. Program is a command line that
// serves a function at the address that is appended to it.
func NewHarness(ctx context.Context, program ...string) (_ *Harness, err error) {
	h := &Harness{program: program, free: make(chan *project, Concurrency), projects: map[string]*project{}}
	// No statement runs before the projects are there.
	if h.bigquery, err = bigquery.Start(ctx, bigquery.Options{BeforeStatement: h.statement}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
		}
	}()
	if h.write, err = dialGRPC(h.bigquery.GRPC()); err != nil {
		return nil, err
	}
	for i := range Concurrency {
		p := &project{harness: h, id: fmt.Sprintf("torture-%d", i), hmacKey: fmt.Sprintf("torture key %d, which no log may show", i)}
		p.client, err = endpoint.Cloud{Project: p.id, BigQuery: h.bigquery.REST(), BigQueryStorage: h.bigquery.GRPC()}.NewBigQuery(context.WithoutCancel(ctx))
		if err != nil {
			return nil, err
		}
		h.projects[p.id] = p
		h.free <- p
	}
	return h, nil
}

// statement is called before every statement of a script. Those of the passes of
// a trial are steps, which may suffer a fault.
func (h *Harness) statement(ctx context.Context, s bigquery.Statement) error {
	if t := h.projects[s.Project].trial.Load(); t != nil {
		if t.statement != nil {
			t.statement(s)
		}
		return t.in.Statement(ctx)
	}
	return nil
}

// Close ends the BigQuery. No trial may be under way.
func (h *Harness) Close() error {
	var errs []error
	for _, p := range h.projects {
		errs = append(errs, p.client.Close())
	}
	if h.write != nil {
		errs = append(errs, h.write.Close())
	}
	return errors.Join(append(errs, h.bigquery.Close())...)
}

// idle waits until no job of the project runs. A job goes on when the process
// that asked for it is killed.
func (p *project) idle(ctx context.Context) error {
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

// empty deletes the rows of all tables. The first time it creates the tables.
func (p *project) empty(ctx context.Context) error {
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
