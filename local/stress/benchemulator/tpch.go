//go:build cgo

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // DuckDB by itself, of the version that our emulator has
)

// tpch is data of the shape of TPC-H (https://www.tpc.org/tpch/), made up by hashes, as files of CSV and in DuckDB.
type tpch struct {
	dir   string
	scale float64
	db    *sql.DB
	want  map[string]float64 // by query, the sum of its numbers and of its rows in DuckDB
}

// runs is how often a query is asked, after once for practice.
const runs = 7

// makeTPCH makes the files, and DuckDB's tables.
func makeTPCH(ctx context.Context, dir string, scale float64) (*tpch, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, err
	}
	d := &tpch{dir: dir, scale: scale, db: db, want: map[string]float64{}}
	db.SetMaxOpenConns(1)
	statements := append([]string{"CREATE SCHEMA tpch"}, macros...)
	for _, t := range tables {
		statements = append(statements,
			fmt.Sprintf("CREATE TABLE tpch.%s (%s)", t.name, t.columns),
			"INSERT INTO tpch."+t.name+" "+strings.NewReplacer("{supplier}", rows(10_000, scale), "{customer}", rows(150_000, scale),
				"{part}", rows(200_000, scale), "{orders}", rows(1_500_000, scale)).Replace(t.rows),
			fmt.Sprintf("COPY tpch.%s TO '%s' (HEADER false)", t.name, d.file(t.name)))
	}
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return nil, fmt.Errorf("make the data of TPC-H: %.80s: %w", s, err)
		}
	}
	for _, q := range queries {
		if d.want[q.name], err = d.sum(ctx, q.text); err != nil {
			return nil, fmt.Errorf("TPC-H's %s: %w", q.name, err)
		}
	}
	return d, nil
}

// rows is how many rows a table has at a scale, one at least.
func rows(atOne int, scale float64) string { return strconv.Itoa(max(1, int(float64(atOne)*scale))) }

func (d *tpch) file(table string) string { return filepath.Join(d.dir, table+".csv") }

func (d *tpch) close() { _ = d.db.Close() }

// sum runs a query in DuckDB and adds up its numbers, and 1 for each row.
func (d *tpch) sum(ctx context.Context, text string) (float64, error) {
	rows, err := d.db.QueryContext(ctx, text)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	var sum float64
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return 0, err
		}
		sum++
		for _, v := range values {
			sum += number(*v.(*any))
		}
	}
	return sum, rows.Err()
}

// number is a value of DuckDB or of the REST API as a number, 0 for what is none.
func number(v any) float64 {
	if d, ok := v.(interface{ Float64() float64 }); ok {
		return d.Float64()
	}
	f, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil {
		return 0
	}
	return f
}

// plain notes what DuckDB takes by itself, on all threads and on those that our emulator's queries have.
func (d *tpch) plain(ctx context.Context, out *table) error {
	for _, threads := range []int{max(1, runtime.NumCPU()/2), runtime.NumCPU()} {
		if _, err := d.db.ExecContext(ctx, fmt.Sprintf("SET threads = %d", threads)); err != nil {
			return err
		}
		for _, q := range queries {
			took, err := median(func() error { _, err := d.sum(ctx, q.text); return err })
			if err != nil {
				return err
			}
			out.set(d.row(q.name), fmt.Sprintf("DuckDB by itself, threads=%d", threads), ms(took))
		}
	}
	return nil
}

func (d *tpch) row(query string) string {
	return fmt.Sprintf("TPC-H %s at scale %v, median", query, d.scale)
}

// median is the median of how long f takes, after once for practice.
func median(f func() error) (time.Duration, error) {
	var all []time.Duration
	for i := range runs + 1 {
		took, err := timed(f)
		if err != nil {
			return 0, err
		}
		if i > 0 {
			all = append(all, took)
		}
	}
	return percentile(all, 50), nil
}

// measure loads the data into an emulator, and asks the queries.
func (d *tpch) measure(ctx context.Context, c config, s *subject, q *client, out *table) error {
	if _, err := q.do(ctx, http.MethodPost, "/datasets", object{"datasetReference": object{"projectId": project, "datasetId": tpchSet}}); err != nil {
		return err
	}
	for _, t := range tables {
		took, err := timed(func() error { return d.load(ctx, s, q, t.name, t.columns) })
		if err != nil {
			out.set("load job", s.name, "fails")
			fmt.Fprintf(os.Stderr, "%s: load of %s: %v\n", s.name, t.name, err)
			return nil
		}
		if t.name == "lineitem" {
			n, err := q.first(ctx, "SELECT COUNT(*) FROM "+project+".tpch.lineitem")
			if err != nil {
				return err
			}
			out.set("load job of CSV, 8 columns", s.name, count(number(n)/took.Seconds())+" rows/s")
		}
	}
	for _, x := range queries {
		within, cancel := context.WithTimeout(ctx, 60*c.For)
		took, err := median(func() error {
			r, err := q.query(within, strings.ReplaceAll(x.text, "tpch.", project+".tpch."))
			if err != nil {
				return err
			}
			var sum float64
			for _, row := range r.Rows {
				sum++
				for _, f := range row.F {
					sum += number(f.V)
				}
			}
			if want := d.want[x.name]; math.Abs(sum-want) > 1e-9*math.Abs(want) {
				return fmt.Errorf("its numbers and rows add up to %v, DuckDB's to %v", sum, want)
			}
			return nil
		})
		cancel()
		cell := ms(took)
		switch {
		case err != nil && errors.Is(within.Err(), context.DeadlineExceeded):
			cell = fmt.Sprintf("%d take more than %v", runs+1, 60*c.For)
		case err != nil:
			cell = "fails"
			fmt.Fprintf(os.Stderr, "%s: %s: %v\n", s.name, x.name, err)
		}
		out.set(d.row(x.name), s.name, cell)
	}
	return nil
}

// load uploads a file as one load job and waits for its end.
func (d *tpch) load(ctx context.Context, s *subject, q *client, table, columns string) error {
	content, err := os.ReadFile(d.file(table))
	if err != nil {
		return err
	}
	var fields []object
	for column := range strings.SplitSeq(strings.ReplaceAll(columns, "(15,2)", ""), ", ") {
		name, kind, _ := strings.Cut(column, " ")
		kind = map[string]string{"BIGINT": "INTEGER", "VARCHAR": "STRING", "DATE": "DATE", "DECIMAL": "NUMERIC"}[kind]
		fields = append(fields, object{"name": name, "type": kind})
	}
	job, err := json.Marshal(object{"configuration": object{"load": object{
		"destinationTable": object{"projectId": project, "datasetId": tpchSet, "tableId": table},
		"sourceFormat":     "CSV", "schema": object{"fields": fields},
	}}})
	if err != nil {
		return err
	}
	body, kind, err := related(job, content)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/upload/bigquery/v2/projects/"+project+"/jobs?uploadType=multipart", body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	res, err := q.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var r reply
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%d %+v", res.StatusCode, r.Error)
	}
	for state := &r; ; {
		if state.Status.State == "DONE" {
			if e := state.Status.ErrorResult; e != nil {
				return fmt.Errorf("%s: %s", e.Reason, e.Message)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
		if state, err = q.do(ctx, http.MethodGet, "/jobs/"+r.JobReference.JobID, nil); err != nil {
			return err
		}
	}
}

// related is the body of an upload with a job and its file, and what kind of content that is.
func related(job, content []byte) (io.Reader, string, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, part := range []struct {
		kind string
		data []byte
	}{{"application/json", job}, {"text/csv", content}} {
		p, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {part.kind}})
		if err == nil {
			_, err = p.Write(part.data)
		}
		if err != nil {
			return nil, "", err
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return &body, "multipart/related; boundary=" + w.Boundary(), nil
}
