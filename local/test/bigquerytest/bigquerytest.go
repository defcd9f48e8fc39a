// Package bigquerytest starts the BigQuery emulator for tests.
package bigquerytest

import (
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Server is a BigQuery emulator. Each test can have a project of its own in it.
type Server struct{ *bigquery.Server }

// Start starts an emulator on free ports. It ends with the test.
func Start(t testing.TB) Server {
	t.Helper()
	server, err := bigquery.Start(t.Context(), bigquery.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close the emulator: %v", err)
		}
	})
	return Server{server}
}

// Cloud leads to a project, for a stage.
func (s Server) Cloud(project string) endpoint.Cloud {
	return endpoint.Cloud{Project: project, BigQuery: s.REST(), BigQueryStorage: s.GRPC()}
}

// Client is a client of a project. It ends with the test.
func (s Server) Client(t testing.TB, project string) *warehouse.Client {
	t.Helper()
	c, err := s.Cloud(project).NewBigQuery(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}
