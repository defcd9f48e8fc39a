//go:build cgo

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// patience is with what takes seconds on an idle machine.
const patience = 5 * time.Minute

// asCommand is set where the test's program is the command itself.
const asCommand = "EMULATOR_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// What BigQuery has acknowledged is there after a kill of the process: rows of insertAll, and a statement's.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	kill, host := child(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	post(ctx, t, host+"/datasets", `{"datasetReference": {"projectId": "p", "datasetId": "ds"}}`)
	sql(ctx, t, host, "CREATE TABLE ds.t (x INT64)")
	sql(ctx, t, host, "INSERT ds.t SELECT * FROM UNNEST(GENERATE_ARRAY(1, 1000))")
	post(ctx, t, host+"/datasets/ds/tables/t/insertAll", `{"rows": [{"json": {"x": 1001}}, {"json": {"x": 1002}}]}`)
	sql(ctx, t, host, "DELETE FROM ds.t WHERE x <= 2")
	kill()
	_, host = child(t, dir)
	if got := sql(ctx, t, host, "SELECT COUNT(*) || ' ' || SUM(x) FROM ds.t"); got != "1000 502500" {
		t.Errorf("count and sum after the kill: %s, want 1000 502500", got)
	}
}

// child runs the command's BigQuery in a process of its own; kill ends it as kill -9 does. host is the project p in its API.
func child(t *testing.T, dir string) (kill func(), host string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], "-kafka=off", "-pubsub=off", "-bigquery=127.0.0.1:0", "-bigquery-storage=127.0.0.1:0", "-dir", dir)
	cmd.Env = append(os.Environ(), asCommand+"=yes")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // says that it was killed
	}
	t.Cleanup(kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "export BIGQUERY_EMULATOR_HOST="); ok {
			go io.Copy(io.Discard, out) //nolint:errcheck // ends with the process
			return kill, address + "/bigquery/v2/projects/p"
		}
	}
	t.Fatalf("the command ended early: %v", errors.Join(lines.Err(), ctx.Err()))
	return nil, ""
}

// post sends a request that has to succeed, and returns what is answered.
func post(ctx context.Context, t *testing.T, url, body string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || res.StatusCode != http.StatusOK || answer["insertErrors"] != nil {
		t.Fatalf("%s: %d %v %v", url, res.StatusCode, answer, err)
	}
	return answer
}

// sql runs a statement and returns its first value, "" for none.
func sql(ctx context.Context, t *testing.T, host, statement string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": statement, "useLegacySql": false})
	if err != nil {
		t.Fatal(err)
	}
	rows, ok := post(ctx, t, host+"/queries", string(body))["rows"].([]any)
	if !ok {
		return ""
	}
	value, _ := rows[0].(map[string]any)["f"].([]any)[0].(map[string]any)["v"].(string)
	return value
}
