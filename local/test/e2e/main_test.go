package e2e_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery"
)

// warehouseServer is the BigQuery of all scenarios; each has a project there.
var warehouseServer *bigquery.Server

func TestMain(m *testing.M) {
	serveAsInstance()
	server, err := bigquery.Start(context.Background(), bigquery.Options{RESTAddr: "127.0.0.1:0", GRPCAddr: "127.0.0.1:0"})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	warehouseServer = server
	code := m.Run()
	if err := server.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "close the warehouse:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}
