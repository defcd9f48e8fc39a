package endpoint

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// dialTime is how long an emulator may take to accept a connection.
const dialTime = 5 * time.Second

// Reach checks that the emulators which the environment names accept connections, and
// returns an error for those that don't. Google's clients would retry silently until
// their context ends. Services in the cloud aren't checked.
func (c Cloud) Reach(ctx context.Context) error {
	var errs []error
	for _, e := range []struct{ part, setting, address string }{
		{"Pub/Sub emulator", "PUBSUB_EMULATOR_HOST", c.PubSub},
		{"BigQuery emulator", "BIGQUERY_EMULATOR_HOST", c.BigQuery},
		{"BigQuery emulator (gRPC)", "BIGQUERY_STORAGE_EMULATOR_HOST", c.BigQueryStorage},
	} {
		if e.address == "" {
			continue
		}
		dialer := net.Dialer{Timeout: dialTime}
		conn, err := dialer.DialContext(ctx, "tcp", e.address)
		if err != nil {
			errs = append(errs, fmt.Errorf("no %s answers: %s is %s: start one (go run ./local up has all of them), or correct it: %w", e.part, e.setting, e.address, err))
			continue
		}
		conn.Close()
	}
	return errors.Join(errs...)
}
