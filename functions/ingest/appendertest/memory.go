// Package appendertest holds what every ingest.Appender must keep to, and an
// Appender in memory for tests.
package appendertest

import (
	"context"
	"slices"
	"sync"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// Memory is an Appender that keeps rows in memory. The zero value is ready.
type Memory struct {
	// Fail, if set, is asked before each append; its error is returned and
	// nothing is stored. It must not change while Append is called.
	Fail func(ctx context.Context, rows *warehouse.Rows) error

	mu      sync.Mutex
	appends int
	rows    warehouse.Rows
}

// Append stores copies of the rows.
func (m *Memory) Append(ctx context.Context, rows *warehouse.Rows) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.Fail != nil {
		if err := m.Fail(ctx, rows); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.appends++
	m.rows.IngestedAt = rows.IngestedAt
	m.rows.Votes = append(m.rows.Votes, rows.Votes...)
	m.rows.Voters = append(m.rows.Voters, rows.Voters...)
	for _, r := range rows.Rejects {
		r.Key, r.Value = slices.Clone(r.Key), slices.Clone(r.Value)
		m.rows.Rejects = append(m.rows.Rejects, r)
	}
	m.rows.LogEnds = append(m.rows.LogEnds, rows.LogEnds...)
	return nil
}

// Rows returns everything stored so far, in the order of its appends.
func (m *Memory) Rows(context.Context) (warehouse.Rows, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return warehouse.Rows{
		IngestedAt: m.rows.IngestedAt,
		Votes:      slices.Clone(m.rows.Votes),
		Voters:     slices.Clone(m.rows.Voters),
		Rejects:    slices.Clone(m.rows.Rejects),
		LogEnds:    slices.Clone(m.rows.LogEnds),
	}, nil
}

// Appends returns how many appends were stored.
func (m *Memory) Appends() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.appends
}
