package sqltest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/analyzer"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

// The types that every test uses.
type (
	Engine    = engine.Engine
	Options   = engine.Options
	Query     = engine.Query
	Result    = engine.Result
	Rows      = engine.Rows
	Error     = engine.Error
	TableRef  = engine.TableRef
	Statement = engine.Statement
)

// open opens an engine with the analyzer; it is closed when the test ends.
func open(t *testing.T, opts Options) *Engine {
	t.Helper()
	opts.Analyzer, opts.Buckets = analyzer.Analyzer{}, bucket.Folder(t.TempDir())
	e, err := engine.Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// createDataset creates the dataset d of project p.
func createDataset(t *testing.T, e *Engine) {
	t.Helper()
	_, err := e.CreateDataset(context.Background(), &bqv2.Dataset{DatasetReference: &bqv2.DatasetReference{ProjectId: "p", DatasetId: "d"}})
	if err != nil {
		t.Fatal(err)
	}
}

// query runs SQL in project p and fails the test on an error.
func query(t *testing.T, e *Engine, sql string, params ...*bqv2.QueryParameter) *Result {
	t.Helper()
	res, err := e.Query(context.Background(), Query{SQL: sql, Project: "p", Parameters: params})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return res
}

func values(t *testing.T, e *Engine, sql string, params ...*bqv2.QueryParameter) [][]any {
	t.Helper()
	return query(t, e, sql, params...).Rows.Values
}

// checkRows compares the rows of a query.
func checkRows(t *testing.T, e *Engine, sql string, want [][]any, params ...*bqv2.QueryParameter) {
	t.Helper()
	if diff := cmp.Diff(want, values(t, e, sql, params...)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", sql, diff)
	}
}

func scalar(name, typ, value string) *bqv2.QueryParameter {
	return &bqv2.QueryParameter{
		Name: name, ParameterType: &bqv2.QueryParameterType{Type: typ},
		ParameterValue: &bqv2.QueryParameterValue{Value: value, ForceSendFields: []string{"Value"}},
	}
}
