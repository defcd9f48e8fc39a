//go:build cgo

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// project and dataset are what the measurements use of an emulator. Statements name both: not every one
// has a project by default.
const (
	project = "bench"
	dataset = "small"
	tpchSet = "tpch"
)

// client asks an emulator by plain requests of the REST API, which repeats nothing: every error is
// seen.
type client struct {
	http *http.Client
	base string // of the project
}

func newClient(address string) *client {
	t := &http.Transport{MaxIdleConnsPerHost: 128}
	return &client{&http.Client{Transport: t}, "http://" + address + "/bigquery/v2/projects/" + project}
}

// reply is what is read of answers.
type reply struct {
	JobComplete  bool `json:"jobComplete"`
	JobReference struct {
		JobID string `json:"jobId"`
	} `json:"jobReference"`
	Rows []struct {
		F []struct {
			V any `json:"v"`
		} `json:"f"`
	} `json:"rows"`
	InsertErrors []any `json:"insertErrors"`
	Status       struct {
		State       string     `json:"state"`
		ErrorResult *errorBody `json:"errorResult"`
	} `json:"status"`
	Error *errorBody `json:"error"`
}

type errorBody struct {
	Reason  string      `json:"reason"`
	Message string      `json:"message"`
	Errors  []errorBody `json:"errors"`
}

func (c *client) do(ctx context.Context, method, path string, body any) (*reply, error) {
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, content)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	var r reply
	if len(data) > 0 {
		if err := json.Unmarshal(data, &r); err != nil {
			return nil, fmt.Errorf("%s %s: %d %.200s", method, path, res.StatusCode, data)
		}
	}
	if res.StatusCode >= 300 {
		return &r, fmt.Errorf("%s %s: %d %.300s", method, path, res.StatusCode, data)
	}
	return &r, nil
}

type object map[string]any

// query runs a statement, never from a cache, and returns its rows.
func (c *client) query(ctx context.Context, sql string) (*reply, error) {
	r, err := c.do(ctx, http.MethodPost, "/queries", object{"query": sql, "useLegacySql": false, "useQueryCache": false, "timeoutMs": 200_000})
	if err != nil {
		return r, err
	}
	if !r.JobComplete {
		return r, fmt.Errorf("%.60s isn't complete after 200 s", sql)
	}
	return r, nil
}

// first is the first value of a query, as text.
func (c *client) first(ctx context.Context, sql string) (string, error) {
	r, err := c.query(ctx, sql)
	if err != nil {
		return "", err
	}
	if len(r.Rows) == 0 || len(r.Rows[0].F) == 0 {
		return "", fmt.Errorf("%.60s has no rows", sql)
	}
	return fmt.Sprint(r.Rows[0].F[0].V), nil
}

// timed is how long f takes.
func timed(f func() error) (time.Duration, error) {
	begun := time.Now()
	err := f()
	return time.Since(begun), err
}
