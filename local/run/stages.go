package run

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/tallystream/tallystream/local/settings"
)

// stages is where the functions run: in children or in this process.
type stages interface {
	// stop ends a function at once, as a kill does, and start serves it again. Of
	// children, bridge, ingest and aggregate share one process, and stop together.
	stop(name string) error
	start(ctx context.Context, name string) error
	// processes are the ids of the children by function; nil where there are none.
	processes() map[string]int
	close() error
}

func (s *System) startStages(ctx context.Context) error {
	var err error
	if s.options.InProcess {
		s.stages, err = s.startInProcess(ctx)
	} else {
		s.stages, err = s.startChildren(ctx)
	}
	if err != nil {
		return err
	}
	s.onClose(partFunctions, s.stages.close)
	return nil
}

// Stop ends a function at once, as a crash does: requests under way are cut off.
func (s *System) Stop(function string) error { return s.stages.stop(function) }

// Restart has a stopped function serve again, from a new start.
func (s *System) Restart(ctx context.Context, function string) error {
	return s.stages.start(ctx, function)
}

// Processes are the process ids by function. Several functions may have the same;
// it is nil if they run in this process.
func (s *System) Processes() map[string]int { return s.stages.processes() }

// functionURL is where a function answers.
func (s *System) functionURL(name string) string {
	if name == settings.Dashboard {
		return "http://" + s.addresses.Dashboard
	}
	if address := s.apart[name]; address != "" {
		return "http://" + address
	}
	return "http://" + s.addresses.Functions + "/" + name
}

// URL of the dashboard.
func (s *System) URL() string { return s.functionURL(settings.Dashboard) }

// Drain is the body of a request to bridge or aggregate.
type Drain struct {
	Until   string  `json:"until,omitempty"`   // deadline or caught_up
	Seconds float64 `json:"seconds,omitempty"` // the function's own, where it is 0
	Shard   int     `json:"shard,omitempty"`   // bridge only
	Shards  int     `json:"shards,omitempty"`
}

// CaughtUp has a function end as soon as nothing is left to do.
var CaughtUp = Drain{Until: "caught_up"}

// Call posts a request to bridge or aggregate, and returns its summary.
func (s *System) Call(ctx context.Context, function string, d Drain) (map[string]any, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.functionURL(function), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	var summary map[string]any
	if err := s.do(req, &summary); err != nil {
		return summary, fmt.Errorf("call %s: %w", function, err)
	}
	return summary, nil
}

// do sends a request and decodes the answer's JSON.
func (s *System) do(req *http.Request, into any) error {
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP status %d: %s", resp.StatusCode, strings.TrimSpace(string(text[:min(len(text), 500)])))
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("the answer isn't JSON: %w", err)
	}
	return nil
}
