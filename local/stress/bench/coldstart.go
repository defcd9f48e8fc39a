package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tallystream/tallystream/emulator/cloud/build"
	"github.com/tallystream/tallystream/local/operate/archive"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/local/stress/buildpack"
)

// ColdStart is the time from the start of a function's process to its first answer,
// over some starts. The cloud takes more: it fetches the image and starts an
// instance.
type ColdStart struct {
	P50 float64 `json:"p50_ms"`
	Max float64 `json:"max_ms"`
}

// unreachable are settings whose services don't exist: nothing listens on port 1. A
// function starts with them, because it connects to a service when it has work.
var unreachable = map[string]string{
	"GOOGLE_CLOUD_PROJECT":           "p",
	"HMAC_KEY":                       "a key that nothing is keyed with",
	"KAFKA_BROKERS":                  "127.0.0.1:1",
	"PUBSUB_EMULATOR_HOST":           "127.0.0.1:1",
	"BIGQUERY_EMULATOR_HOST":         "127.0.0.1:1",
	"BIGQUERY_STORAGE_EMULATOR_HOST": "127.0.0.1:1",
}

// ColdStarts packs and builds the functions as the cloud does, and starts each
// ColdStartTimes times.
func (c *Config) ColdStarts(ctx context.Context) (_ map[string]ColdStart, err error) {
	dir, err := os.MkdirTemp("", "tallystream-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	a, err := archive.Write(ctx, ".", filepath.Join(dir, "archive.zip"))
	if err != nil {
		return nil, err
	}
	c.Log("building %s", a.File)
	program, err := build.Build(ctx, build.Options{Archive: a.File, Dir: dir})
	if err != nil {
		return nil, err
	}
	starts := map[string]ColdStart{}
	for _, function := range []string{settings.Bridge, settings.Ingest, settings.Aggregate, settings.Dashboard} {
		var took []time.Duration
		for range c.ColdStartTimes {
			i, err := buildpack.Start(ctx, program.File, function, unreachable)
			if err != nil {
				return nil, err
			}
			took = append(took, i.FirstAnswer)
			i.Close()
		}
		slices.Sort(took)
		starts[function] = ColdStart{P50: milliseconds(Percentile(took, 0.5)), Max: milliseconds(Percentile(took, 1))}
	}
	return starts, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
