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
	"google.golang.org/api/option"
	"google.golang.org/grpc"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Arena is where trials are held: a BigQuery for all of them, with lanes.
type Arena struct {
	// Thorough has the verifier look at the outcome of every trial, where it
	// looks at those of the seeds and of a sample of the matrix otherwise; and has
	// the matrix try a statement in every pass, where it tries it in one otherwise.
	Thorough bool

	bigquery *bigquery.Server
	write    *grpc.ClientConn
	program  []string         // serves a function in a process of its own
	lanes    chan *lane       // those that are free
	projects map[string]*lane // all
}

// lane is a project that one trial at a time has to itself. It is emptied
// between trials rather than made anew: the emulator remembers its queries.
type lane struct {
	arena   *Arena
	project string
	hmacKey string
	client  *client.Client
	trial   atomic.Pointer[trial] // under way
	made    bool                  // its tables are
}

// Lanes is how many trials are held at a time. Most of them wait most of the
// time, for a deadline.
const Lanes = 6

// NewArena starts a BigQuery with its lanes. Program is what serves a function at
// the address that is its last argument.
func NewArena(ctx context.Context, program ...string) (_ *Arena, err error) {
	a := &Arena{program: program, lanes: make(chan *lane, Lanes), projects: map[string]*lane{}}
	// Nothing runs before the lanes are made.
	if a.bigquery, err = bigquery.Start(ctx, bigquery.Options{BeforeStatement: a.statement}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if a.write, err = dialGRPC(a.bigquery.GRPC()); err != nil {
		return nil, err
	}
	for i := range Lanes {
		l := &lane{arena: a, project: fmt.Sprintf("torture-%d", i), hmacKey: fmt.Sprintf("torture key %d, which no log may show", i)}
		l.client, err = client.NewClient(context.WithoutCancel(ctx), l.project,
			option.WithEndpoint("http://"+a.bigquery.REST()), option.WithoutAuthentication())
		if err != nil {
			return nil, err
		}
		a.projects[l.project] = l
		a.lanes <- l
	}
	return a, nil
}

// statement is told of every statement of a script: those of a trial's passes
// are steps.
func (a *Arena) statement(ctx context.Context, s bigquery.Statement) error {
	if t := a.projects[s.Project].trial.Load(); t != nil {
		if t.statement != nil {
			t.statement(s)
		}
		return t.in.Statement(ctx)
	}
	return nil
}

// Close ends the BigQuery. No trial may be under way.
func (a *Arena) Close() error {
	var errs []error
	for _, l := range a.projects {
		errs = append(errs, l.client.Close())
	}
	if a.write != nil {
		errs = append(errs, a.write.Close())
	}
	return errors.Join(append(errs, a.bigquery.Close())...)
}

// idle waits until no job of the lane's project runs: one goes on without the
// process that asked for it.
func (l *lane) idle(ctx context.Context) error {
	for {
		jobs := l.client.Jobs(ctx)
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

// empty deletes all rows of the lane's tables, and makes them the first time.
func (l *lane) empty(ctx context.Context) error {
	if !l.made {
		if err := warehouse.Ensure(ctx, l.client); err != nil {
			return err
		}
		l.made = true
		return nil
	}
	var script strings.Builder
	for _, t := range warehouse.Tables() {
		fmt.Fprintf(&script, "TRUNCATE TABLE %s.%s;\n", t.Dataset, t.Name)
	}
	job, err := l.client.Query(script.String()).Run(ctx)
	if err != nil {
		return fmt.Errorf("empty the tables: %w", err)
	}
	status, err := job.Wait(ctx)
	if err == nil {
		err = status.Err()
	}
	if err != nil {
		return fmt.Errorf("empty the tables: %w", err)
	}
	return nil
}
