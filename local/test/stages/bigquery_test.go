package stages_test

import (
	"testing"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/option"

	emulator "github.com/tallystream/tallystream/emulator/bigquery"
)

// bigQuery is a BigQuery of the test's own.
type bigQuery struct{ server *emulator.Server }

func startBigQuery(t *testing.T) bigQuery {
	t.Helper()
	server, err := emulator.Start(t.Context(), emulator.Options{RESTAddr: "127.0.0.1:0", GRPCAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close the emulator: %v", err)
		}
	})
	return bigQuery{server}
}

// client is one for a project that nobody else uses.
func (b bigQuery) client(t *testing.T, project string) *bigquery.Client {
	t.Helper()
	client, err := bigquery.NewClient(t.Context(), project,
		option.WithEndpoint("http://"+b.server.REST()), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}
