//go:build cgo

package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// measureBigQuery measures each emulator by itself: it ends before the next one starts.
func measureBigQuery(ctx context.Context, c config, out *table) error {
	dir, err := os.MkdirTemp("", "benchemulator-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	data, err := makeTPCH(ctx, dir, c.Scale)
	if err != nil {
		return err
	}
	defer data.close()
	for i := range c.BigQuery {
		s := &c.BigQuery[i]
		if err := measureSubject(ctx, c, s, data, out); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return data.plain(ctx, out)
}

// measureSubject fills in a column. What an emulator can't do is said in its cell, and the others go on.
func measureSubject(ctx context.Context, c config, s *subject, data *tpch, out *table) error {
	defer s.stop()
	var q *client
	started, err := s.start(ctx, "rest", func(ctx context.Context) error {
		q = newClient(s.address)
		_, err := q.do(ctx, http.MethodGet, "/datasets", nil)
		return err
	})
	if err != nil {
		return err
	}
	idle, own := s.resident(), s.anonymous()
	query, err := timed(func() error { _, err := q.first(ctx, "SELECT 1"); return err })
	if err != nil {
		return err
	}
	if s.process != nil {
		out.set("start, to the first answer; to that of a query", s.name, ms(started)+"; "+ms(started+query))
		out.set("memory then, resident", s.name, mb(idle)+"; "+mb(s.resident()))
		out.set("of that without the program's file", s.name, mb(own)+"; "+mb(s.anonymous()))
	}
	measurements := []func(context.Context, config, *subject, *client, *table) error{
		measureSelects, measureClients, measureInserts, data.measure, measureEverything,
	}
	if c.OnlyTPCH {
		measurements = measurements[3:4]
	}
	for _, m := range measurements {
		if err := m(ctx, c, s, q, out); err != nil { // the other figures are worth as much
			fmt.Fprintf(os.Stderr, "%s: %v\n", s.name, err)
		}
	}
	return ctx.Err()
}

// measureSelects asks SELECT 1 over and over: the last ones should take as long as the first.
func measureSelects(ctx context.Context, c config, s *subject, q *client, out *table) error {
	var all []time.Duration
	failed := 0
	for end := time.Now().Add(60 * c.For); len(all) < c.Selects && time.Now().Before(end) && ctx.Err() == nil; {
		took, err := timed(func() error { _, err := q.first(ctx, "SELECT 1"); return err })
		if all = append(all, took); err != nil {
			failed++
		}
	}
	n := min(1000, len(all)/2)
	first, last := percentile(all[:n:n], 50), percentile(all[len(all)-n:], 50)
	out.set("`SELECT 1`, median of the first 1,000", s.name, ms(first))
	cell := fmt.Sprintf("%s, of %s", ms(last), count(float64(len(all))))
	if failed > 0 {
		cell += fmt.Sprintf(", %d failed", failed)
	}
	out.set("median of the last 1,000", s.name, cell)
	out.set("memory after them", s.name, mb(s.resident()))
	return nil
}

// aggregate is a query that reads a table, computes and sorts.
const aggregate = "SELECT k, COUNT(*) AS n, SUM(v) AS v FROM " + project + "." + dataset + ".numbers GROUP BY k ORDER BY v DESC LIMIT 10"

// measureClients counts the queries of 1, 8 and 64 clients.
func measureClients(ctx context.Context, c config, s *subject, q *client, out *table) error {
	if _, err := q.do(ctx, http.MethodPost, "/datasets", object{"datasetReference": object{"projectId": project, "datasetId": dataset}}); err != nil {
		return err
	}
	if _, err := q.query(ctx, "CREATE TABLE "+project+"."+dataset+".numbers AS SELECT MOD(x, 100) AS k, x AS v FROM UNNEST(GENERATE_ARRAY(1, 10000)) AS x"); err != nil {
		return err
	}
	for _, clients := range []int{1, 8, 64} {
		var done, failed atomic.Int64
		var running sync.WaitGroup
		begun := time.Now()
		for range clients {
			running.Go(func() {
				for time.Since(begun) < c.For && ctx.Err() == nil {
					r, err := q.query(ctx, aggregate)
					if err != nil || len(r.Rows) != 10 {
						failed.Add(1)
						continue
					}
					done.Add(1)
				}
			})
		}
		running.Wait()
		cell := count(float64(done.Load())/time.Since(begun).Seconds()) + " queries/s"
		if n := failed.Load(); n > 0 {
			cell += fmt.Sprintf(", %d failed", n)
		}
		out.set(fmt.Sprintf("%d clients that aggregate 10,000 rows", clients), s.name, cell)
	}
	return nil
}

// measureInserts streams rows, 500 a request.
func measureInserts(ctx context.Context, c config, s *subject, q *client, out *table) error {
	const row = "`insertAll`, 500 rows a request"
	if _, err := q.query(ctx, "CREATE TABLE "+project+"."+dataset+".streamed (id INT64, name STRING, cast_at TIMESTAMP)"); err != nil {
		return err
	}
	sent, begun := 0, time.Now()
	for time.Since(begun) < c.For {
		var rows []object
		for range 500 {
			rows = append(rows, object{"json": object{"id": sent, "name": fmt.Sprint("voter ", sent), "cast_at": "2026-11-03T08:15:00Z"}})
			sent++
		}
		r, err := q.do(ctx, http.MethodPost, "/datasets/"+dataset+"/tables/streamed/insertAll", object{"rows": rows})
		if err != nil || len(r.InsertErrors) > 0 {
			out.set(row, s.name, "fails")
			return nil
		}
	}
	rate := float64(sent) / time.Since(begun).Seconds()
	got, err := q.first(ctx, "SELECT COUNT(*) FROM "+project+"."+dataset+".streamed")
	switch {
	case err != nil:
		return err
	case got != fmt.Sprint(sent):
		out.set(row, s.name, fmt.Sprintf("%s of %d rows are there", got, sent))
	default:
		out.set(row, s.name, count(rate)+" rows/s")
	}
	return nil
}

// everything asks for more rows than any machine holds.
const everything = "SELECT a, b FROM UNNEST(GENERATE_ARRAY(1, 1000000)) AS a, UNNEST(GENERATE_ARRAY(1, 1000000)) AS b"

// measureEverything asks for everything while another client asks SELECT 1, and looks at the memory. A query that runs too long
// is cancelled, and so is one whose emulator takes more than 4 GB.
func measureEverything(ctx context.Context, c config, s *subject, q *client, out *table) error {
	before, highest := s.resident(), s.peak()
	r, err := q.do(ctx, http.MethodPost, "/jobs", object{"configuration": object{"query": object{"query": everything, "useLegacySql": false, "useQueryCache": false}}})
	if err != nil {
		out.set("a query that asks for everything", s.name, "fails at once")
		highest()
		return nil
	}
	beside, failed := []time.Duration{}, 0
	begun, cancelled, outcome := time.Now(), time.Time{}, ""
	for outcome == "" && ctx.Err() == nil {
		took, err := timed(func() error { _, err := q.first(ctx, "SELECT 1"); return err })
		if beside = append(beside, took); err != nil {
			failed++
		}
		job, err := q.do(ctx, http.MethodGet, "/jobs/"+r.JobReference.JobID, nil)
		switch {
		case err != nil && s.process != nil && s.resident() == 0:
			outcome = "kills the emulator"
		case err == nil && job.Status.State == "DONE" && !cancelled.IsZero():
			outcome = fmt.Sprintf("cancelled after %.0f s", cancelled.Sub(begun).Seconds())
		case err == nil && job.Status.State == "DONE" && job.Status.ErrorResult != nil:
			outcome = fmt.Sprintf("stopped after %.1f s: %s", time.Since(begun).Seconds(), job.Status.ErrorResult.Reason)
		case err == nil && job.Status.State == "DONE":
			outcome = "ends well"
		case !cancelled.IsZero() && time.Since(cancelled) > c.Everything:
			outcome = "goes on after its cancellation"
		case cancelled.IsZero() && (time.Since(begun) > c.Everything || s.resident() > 4e9):
			cancelled = time.Now()
			if _, err := q.do(ctx, http.MethodPost, "/jobs/"+r.JobReference.JobID+"/cancel", nil); err != nil {
				outcome = "can't be cancelled"
			}
		}
	}
	out.set("a query that asks for everything", s.name, outcome)
	cell := fmt.Sprintf("p99 %s", ms(percentile(beside, 99)))
	if failed > 0 {
		cell += fmt.Sprintf(", %d of %d fail", failed, len(beside))
	}
	out.set("`SELECT 1` beside it", s.name, cell)
	peak := highest()
	select { // what is freed goes back to the machine within some seconds
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
	}
	out.set("memory before, at most, 10 s after", s.name, fmt.Sprintf("%s, %s, %s", mb(before), mb(peak), mb(s.resident())))
	return ctx.Err()
}
