package run

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/local/settings"
)

// What the functions log in the cloud at level debug: an entry of Cloud Logging for
// each call, with what it did, and never anything of a voter, nor a key.
func TestDeployedFunctionsLog(t *testing.T) {
	s, out := started(t, Options{Partitions: 1, Settings: map[string]string{
		"K_SERVICE": "tallystream", "LOG_LEVEL": "debug", "HMAC_KEY": "the key of all these voters",
	}})
	now := time.Now().UTC().Format(time.RFC3339)
	send(t, s, "voters", `{"voter_id":"voter-4711","name":"Ann Person","age":34,"state":"Texas"}`)
	send(t, s, "votes",
		fmt.Sprintf(`{"voter_id":"voter-4711","candidate":"Rivera","timestamp":%q}`, now),
		fmt.Sprintf(`{"voter_id":"voter-4711","candidate":"Rivera","timestamp":%q}`, now), // a second time
		`{"voter_id":"voter-4711","candidate":"Rivera","timestamp":"voter-4711"}`,
		`{"voter_id":"voter-4711"`)
	if _, err := s.Bridge(t.Context(), CaughtUp); err != nil {
		t.Fatal(err)
	}
	stored := func() bool {
		records := 0.0
		for _, e := range entries(t, out.String()) {
			if n, ok := e["records"].(float64); ok && e["function"] == settings.Ingest {
				records += n
			}
		}
		return records == 5
	}
	awaitOutput(t, stored)
	if _, err := s.Aggregate(t.Context(), CaughtUp); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(s.URL() + "/api/v1/books")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()

	// A line may be written just after the answer that it is about.
	done := map[string][]string{
		settings.Bridge:    {"INFO", "bridge status=200 took=", " records=5 ", " bytes=", " lag=0 "},
		settings.Ingest:    {"INFO", "ingest status=204 took=", " topic=votes ", " rejects=2 ", " lag="},
		settings.Aggregate: {"INFO", "aggregate status=200 took=", " passes=1 ", " records=5 ", " unbalanced=0 "},
		settings.Dashboard: {"DEBUG", "dashboard status=200 took=", " path=/api/v1/books"},
	}
	awaitOutput(t, func() bool {
		for function, want := range done {
			if !logged(t, out.String(), function, want) {
				return false
			}
		}
		return true
	})
	for _, secret := range []string{"4711", "Ann", "the key of all"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// entries decodes the lines of a log; the framework puts blank ones between.
func entries(t *testing.T, log string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(log) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("line %q isn't an entry: %v", line, err)
		}
		all = append(all, e)
	}
	return all
}

// logged reports whether a function has an entry of a severity whose message has
// all parts, and whose labels name the execution.
func logged(t *testing.T, log, function string, want []string) bool {
	t.Helper()
	for _, e := range entries(t, log) {
		labels, _ := e["logging.googleapis.com/labels"].(map[string]any)
		message := fmt.Sprint(e["message"])
		found := e["function"] == function && e["severity"] == want[0] && labels["execution_id"] != nil
		for _, part := range want[1:] {
			found = found && strings.Contains(message, part)
		}
		if found {
			return true
		}
	}
	return false
}

// awaitOutput waits until enough returns true.
func awaitOutput(t *testing.T, enough func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !enough() {
		select {
		case <-ctx.Done():
			t.Fatal("the functions don't log what they should")
		case <-time.After(10 * time.Millisecond):
		}
	}
}
