package function

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
)

// Registry holds all functions by name.
type Registry struct {
	Scalars    map[string]Scalar
	Aggregates map[string]Aggregate
	Windows    map[string]Aggregate
	Exact      map[string]bool
	Signatures map[string]Signature

	natives []Native
	kernels []Kernel
	macros  []string
}

// NewRegistry joins groups. A name that two groups have is a defect, and a panic.
func NewRegistry(groups ...Group) *Registry {
	r := &Registry{
		Scalars: map[string]Scalar{}, Aggregates: map[string]Aggregate{}, Windows: map[string]Aggregate{},
		Exact: map[string]bool{}, Signatures: map[string]Signature{},
	}
	for _, g := range groups {
		join(r.Scalars, g.Scalars)
		join(r.Aggregates, g.Aggregates)
		join(r.Windows, g.Windows)
		join(r.Signatures, g.Signatures)
		for _, name := range g.Exact {
			r.Exact[name] = true
		}
		for _, n := range g.Natives {
			if r.natives = append(r.natives, n); n.Safe {
				r.natives = append(r.natives, n.orNull())
			}
		}
		r.kernels = append(r.kernels, g.Kernels...)
		r.macros = append(r.macros, g.Macros...)
	}
	return r
}

func join[V any](all, group map[string]V) {
	for name, v := range group {
		if _, twice := all[name]; twice {
			panic("function: " + name + " is registered twice")
		}
		all[name] = v
	}
}

// Names lists all functions, sorted.
func (r *Registry) Names() []string {
	names := map[string]bool{}
	for name := range r.Scalars {
		names[name] = true
	}
	for name := range r.Aggregates {
		names[name] = true
	}
	for name := range r.Windows {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Memory holds the macros, and what is kept while the emulator runs: a database in memory,
// because a file must not refer to functions that exist only so long.
const Memory = "bq_functions.main"

// Attach makes the macros known to a connection, after the schema main of the
// database of a name.
func Attach(database string) []string {
	return []string{
		"ATTACH IF NOT EXISTS ':memory:' AS bq_functions",
		"SET search_path = '" + database + ".main," + Memory + "'",
	}
}

// Install adds the natives, kernels and macros to a database whose connections have run
// Attach.
func (r *Registry) Install(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to register functions: %w", err)
	}
	defer conn.Close()
	for _, n := range r.natives {
		if err := n.register(conn); err != nil {
			return fmt.Errorf("register %s: %w", n.Name, err)
		}
	}
	for _, k := range r.kernels {
		if err := k.register(conn); err != nil {
			return fmt.Errorf("register %s: %w", k.Name, err)
		}
	}
	for _, m := range r.macros {
		if _, err := conn.ExecContext(ctx, "CREATE OR REPLACE MACRO "+Memory+"."+m); err != nil {
			return fmt.Errorf("create macro %s: %w", m, err)
		}
	}
	return nil
}

// Has reports whether a name is that of a function.
func (r *Registry) Has(name string) bool {
	return r.Scalars[name] != nil || r.Aggregates[name] != nil || r.Windows[name] != nil
}
