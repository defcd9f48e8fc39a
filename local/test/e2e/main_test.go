package e2e_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/local/serve"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
)

// warehouseServer is the BigQuery of all scenarios. Each has a project in it.
var warehouseServer bigquerytest.Server

func TestMain(m *testing.M) {
	serveAsInstance()
	serve.IfChild()
	server, err := bigquery.Start(context.Background(), bigquery.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	warehouseServer = bigquerytest.Server{Server: server}
	code := m.Run()
	if err := server.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "close the warehouse:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}
