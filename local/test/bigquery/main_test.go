// Package bigquery holds the tests of the stages, and of the whole chain, on the BigQuery emulator: those that every
// warehouse passes, and those of BigQuery's limits and times.
package bigquery_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/local/serve"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
)

// server is the BigQuery of all tests.
var server emulated

func TestMain(m *testing.M) {
	e2etest.ServeAsInstance()
	serve.IfChild()
	emulator, err := bigquery.Start(context.Background(), bigquery.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	server = emulated{bigquerytest.Server{Server: emulator}}
	code := m.Run()
	if err := emulator.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "close the warehouse:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// TestChain is run beside the other tests that wait for something.
func TestChain(t *testing.T) {
	t.Parallel()
	e2etest.Run(t, server)
}
