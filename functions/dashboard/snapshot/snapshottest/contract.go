package snapshottest

import (
	"context"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// A Warehouse is a warehouse of its own for a test.
type Warehouse interface {
	// Store returns a new Store over it, for the topics votes and voters.
	Store(t *testing.T, election string) snapshot.Store
	// Create makes the tables.
	Create(ctx context.Context) error
	// Execute runs statements, in SQL that all warehouses understand.
	Execute(ctx context.Context, script string) error
}

// literal is how SQL writes a time in UTC.
const literal = "2006-01-02 15:04:05+00"

// Contract holds what every Store has to keep to. start returns a warehouse without
// tables.
func Contract(t *testing.T, start func(t *testing.T) Warehouse) {
	for name, test := range map[string]func(*testing.T, Warehouse){
		"tables":           tables,
		"reports":          reports,
		"followed reports": followedReports,
		"whole passes":     passes,
		"minutes":          minutes,
	} {
		t.Run(name, func(t *testing.T) { test(t, start(t)) })
	}
}

// Read returns what a store has now.
func Read(t *testing.T, store snapshot.Store) *snapshot.Snapshot {
	t.Helper()
	s, err := store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func create(t *testing.T, w Warehouse) {
	t.Helper()
	if err := w.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func execute(t *testing.T, w Warehouse, script string) {
	t.Helper()
	if err := w.Execute(t.Context(), script); err != nil {
		t.Fatal(err)
	}
}
