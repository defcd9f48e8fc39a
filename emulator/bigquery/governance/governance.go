// Package governance keeps who reads which column: taxonomies of policy tags, data policies, and to
// whom they are granted. It says of a column whether a caller gets its values, masked ones or an
// error (https://cloud.google.com/bigquery/docs/column-data-masking-intro).
//
// It knows no tables and runs no queries: a mask is an expression in GoogleSQL.
package governance

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// schema creates the table that keeps all of it, in the schema of the catalog.
const schema = `
CREATE SCHEMA IF NOT EXISTS meta;
CREATE TABLE IF NOT EXISTS meta.governance (kind VARCHAR, name VARCHAR, resource VARCHAR);
`

// The kinds of resources in the table.
const (
	taxonomyKind   = "taxonomy"
	tagKind        = "policyTag"
	dataPolicyKind = "dataPolicy"
	iamKind        = "iamPolicy"
)

// Store keeps taxonomies, policy tags and data policies, written through to DuckDB. It is safe for
// concurrent use.
type Store struct {
	// Authorize is the error of a caller who lacks a permission on a resource. A full name,
	// //datacatalog.googleapis.com/projects/…, stands for the policy of that resource alone; a name
	// without a host also for what the resource is part of. Nil leaves it to the policies that
	// SetIAMPolicy sets. It is set before the first use.
	Authorize func(caller, permission, resource string) error

	db    *sql.DB
	now   func() time.Time
	salt  string // of RANDOM_HASH, secret
	mu    sync.Mutex
	state atomic.Pointer[state]
}

// state is everything at an instant. What it points to is never changed, only replaced.
type state struct {
	taxonomies map[string]*Taxonomy
	tags       map[string]*PolicyTag
	policies   map[string]*DataPolicy
	iam        map[string]*IAMPolicy // by the name of the resource
}

func (st *state) clone() *state {
	return &state{maps.Clone(st.taxonomies), maps.Clone(st.tags), maps.Clone(st.policies), maps.Clone(st.iam)}
}

// Open reads what a database keeps.
func Open(ctx context.Context, db *sql.DB, now func() time.Time) (*Store, error) {
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, fmt.Errorf("create the table of data policies: %w", err)
	}
	secret := make([]byte, 16)
	_, _ = rand.Read(secret) // never fails
	s := &Store{db: db, now: now, salt: hex.EncodeToString(secret)}
	st := &state{map[string]*Taxonomy{}, map[string]*PolicyTag{}, map[string]*DataPolicy{}, map[string]*IAMPolicy{}}
	rows, err := db.QueryContext(ctx, `SELECT kind, name, resource FROM meta.governance`)
	if err != nil {
		return nil, fmt.Errorf("read the data policies: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, name, resource string
		if err := rows.Scan(&kind, &name, &resource); err != nil {
			return nil, fmt.Errorf("read the data policies: %w", err)
		}
		if err := st.load(kind, name, []byte(resource)); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	s.state.Store(st)
	return s, rows.Err()
}

func (st *state) load(kind, name string, resource []byte) error {
	switch kind {
	case taxonomyKind:
		return loadInto(st.taxonomies, name, resource)
	case tagKind:
		return loadInto(st.tags, name, resource)
	case dataPolicyKind:
		return loadInto(st.policies, name, resource)
	case iamKind:
		return loadInto(st.iam, name, resource)
	}
	return fmt.Errorf("unknown kind %q: it was written by a newer version", kind)
}

func loadInto[T any](m map[string]*T, name string, resource []byte) error {
	v := new(T)
	m[name] = v
	return json.Unmarshal(resource, v)
}

// change publishes what f makes of a copy of the state, once it is written.
func (s *Store) change(ctx context.Context, f func(*state) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.state.Load()
	next := old.clone()
	if err := f(next); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // whether it took effect must not be in doubt
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a change of data policies: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	for _, err := range []error{
		write(ctx, tx, taxonomyKind, old.taxonomies, next.taxonomies), write(ctx, tx, tagKind, old.tags, next.tags),
		write(ctx, tx, dataPolicyKind, old.policies, next.policies), write(ctx, tx, iamKind, old.iam, next.iam),
	} {
		if err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit a change of data policies: %w", err)
	}
	s.state.Store(next)
	return nil
}

// changed is what change makes of a copy of a resource, with the resource itself. Kind says in an error what isn't there.
func changed[T any](m map[string]*T, kind, name string, change func(*T) error) (old, next *T, err error) {
	if old = m[name]; old == nil {
		return nil, nil, bqerror.NotFound(kind, name)
	}
	c := *old
	return old, &c, change(&c)
}

// write stores what differs between two states of a kind.
func write[T any](ctx context.Context, tx *sql.Tx, kind string, old, next map[string]*T) error {
	for name, was := range old {
		if next[name] == was {
			continue
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM meta.governance WHERE kind = ? AND name = ?`, kind, name); err != nil {
			return fmt.Errorf("remove %s: %w", name, err)
		}
	}
	for name, is := range next {
		if old[name] == is {
			continue
		}
		text, err := json.Marshal(is)
		if err != nil {
			return fmt.Errorf("marshal %s: %w", name, err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO meta.governance VALUES (?, ?, ?)`, kind, name, string(text)); err != nil {
			return fmt.Errorf("store %s: %w", name, err)
		}
	}
	return nil
}

// Any reports whether there is anything that may keep somebody from a column.
func (s *Store) Any() bool {
	st := s.state.Load()
	return len(st.taxonomies)+len(st.policies) > 0
}

func (s *Store) stamp() string { return s.now().UTC().Format(time.RFC3339Nano) }

// below are the values whose names are of a collection, like projects/p/locations/us/taxonomies, by their names.
func below[T any](m map[string]*T, collection string) []*T {
	var list []*T
	for _, name := range sortedNames(m) {
		if id, ok := cutCollection(name, collection); ok && id != "" {
			list = append(list, m[name])
		}
	}
	return list
}
