package rest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"
)

func TestPatch(t *testing.T) {
	table := bqv2.Table{
		Etag: "e", Description: "old", Labels: map[string]string{"a": "1", "b": "2"},
		TimePartitioning: &bqv2.TimePartitioning{Type: "DAY", Field: "at", ExpirationMs: 5},
		Schema:           &bqv2.TableSchema{Fields: []*bqv2.TableFieldSchema{{Name: "x", Type: "INTEGER"}}},
	}
	p := patch{
		"etag": "mine", "description": nil, "labels": map[string]any{"a": nil, "c": "3"},
		"timePartitioning": map[string]any{"expirationMs": "7"},
		"schema":           map[string]any{"fields": []any{map[string]any{"name": "y", "type": "STRING"}}},
	}
	if err := p.apply(&table, "etag"); err != nil {
		t.Fatal(err)
	}
	want := bqv2.Table{
		Etag: "e", Labels: map[string]string{"b": "2", "c": "3"},
		TimePartitioning: &bqv2.TimePartitioning{Type: "DAY", Field: "at", ExpirationMs: 7},
		Schema:           &bqv2.TableSchema{Fields: []*bqv2.TableFieldSchema{{Name: "y", Type: "STRING"}}},
	}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if len(p) != 5 {
		t.Errorf("apply has changed the patch: %v", p)
	}
}
