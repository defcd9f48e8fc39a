package bigquery_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/googleapi"
)

func TestJobs(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	q := e.client.Query("SELECT 1")
	q.JobID = "mine"
	job, err := q.Run(ctx)
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
	var ge *googleapi.Error
	if _, err := q.Run(ctx); err != nil && !errors.As(err, &ge) { // the client looks a duplicate up
		t.Errorf("second job of one id: %v", err)
	}
	again, err := e.client.JobFromID(ctx, "mine")
	if err != nil || again.LastStatus().State != bq.Done {
		t.Errorf("JobFromID: %v", err)
	}
	_, err = e.client.JobFromID(ctx, "unknown")
	wantAPIError(t, err, http.StatusNotFound, "notFound")
	it := e.client.Jobs(ctx)
	it.State = bq.Done
	listed, err := it.Next()
	if err != nil || listed.ID() != "mine" {
		t.Errorf("first job listed: %v, %v", listed, err)
	}
	e.run(t, "CREATE SCHEMA jobs; CREATE TABLE jobs.t AS SELECT 1 AS k; INSERT jobs.t VALUES (2)")
	got := e.query(t, `SELECT statement_type, state, dml_statistics.inserted_row_count, destination_table.table_id, error_result.reason, parent_job_id IS NULL
		FROM `+"`region-us`"+`.INFORMATION_SCHEMA.JOBS WHERE statement_type IN ('INSERT', 'SCRIPT')
		AND creation_time <= start_time AND start_time <= end_time ORDER BY 1`)
	want := [][]bq.Value{{"INSERT", "DONE", int64(1), "t", nil, false}, {"SCRIPT", "DONE", nil, nil, nil, true}}
	for _, row := range got {
		if row[0] == "SCRIPT" {
			row[3] = nil // a name that nobody chose
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("INFORMATION_SCHEMA.JOBS (-want +got):\n%s", diff)
	}
	if err := job.Delete(ctx); err != nil {
		t.Fatal(err)
	}
	_, err = e.client.JobFromID(ctx, "mine")
	wantAPIError(t, err, http.StatusNotFound, "notFound")
}

func TestCancel(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	job, err := e.client.Query(endless).Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s, err := job.Status(ctx)
	if err != nil || s.Done() {
		t.Fatalf("status %v, %v; want a job that runs", s, err)
	}
	if err := job.Cancel(ctx); err != nil {
		t.Fatal(err)
	}
	var be *bq.Error
	if _, failed := finish(t, job, nil); !errors.As(failed, &be) || be.Reason != "stopped" {
		t.Errorf("cancelled job: %v, want reason stopped", failed)
	}
}

func TestJobTimeout(t *testing.T) {
	e := start(t)
	q := e.client.Query(endless)
	q.JobTimeout = 200 * time.Millisecond
	job, err := q.Run(within(t, 20*time.Second))
	var be *bq.Error
	if _, failed := finish(t, job, err); !errors.As(failed, &be) || be.Reason != "stopped" {
		t.Errorf("job beyond its time: %v, want reason stopped", failed)
	}
}

func TestCloseCancelsJobs(t *testing.T) {
	e := start(t)
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	job, err := e.client.Query(endless).Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, err := job.Wait(ctx)
		done <- err
	}()
	closed := make(chan error, 1)
	go func() { closed <- e.Server.Close() }()
	select {
	case <-closed:
	case <-within(t, 20*time.Second).Done():
		t.Fatal("Close hangs while a job runs")
	}
	cancel()
	<-done
}
