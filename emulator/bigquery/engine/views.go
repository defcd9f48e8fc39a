package engine

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// views are the present columns of views, where they are known.
type views struct {
	mu      sync.Mutex
	columns map[int64][]types.Field // by the view's id
}

// seen are the views that a statement has named, its own and nested ones.
type seen map[int64]*catalog.Table

// apply gives the source of a view its present columns.
func (v *views) apply(t *catalog.Table, s *resolved.Source) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if columns, ok := v.columns[t.ID]; ok {
		s.Columns, s.Visible = columns, len(columns)
		s.Fingerprint += fmt.Sprintf(" %v", shape(columns))
	}
}

// update remembers a view's columns and reports whether they are others than
// statements are analyzed by.
func (v *views) update(t *catalog.Table, now []types.Field) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	used, ok := v.columns[t.ID]
	if !ok {
		used = t.Columns
	}
	if slices.Equal(shape(used), shape(now)) {
		return false
	}
	if v.columns == nil {
		v.columns = map[int64][]types.Field{}
	}
	v.columns[t.ID] = now
	return true
}

// shape is what matters of columns.
func shape(columns []types.Field) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = strings.ToLower(c.Name) + " " + c.Type.String()
	}
	return list
}

// refresh analyzes the queries of views, nested ones first, and reports whether
// any has other columns than were used. A query that can't be analyzed keeps its
// view as it is: the statement that names the view says what is wrong.
func (e *Engine) refresh(named seen, depth int) (changed bool) {
	if depth == 0 {
		return false
	}
	for _, t := range named {
		n := &names{engine: e, project: t.Ref.Project, defaultProject: t.Ref.Project}
		var p *translate.Plan
		var err error
		for again := true; again; {
			n.seen = seen{}
			p, err = e.viewPlan(n, t)
			if again = e.refresh(n.seen, depth-1); again {
				changed = true
			}
		}
		if err == nil && e.views.update(t, p.Columns) {
			changed = true
		}
	}
	return changed
}

// viewPlan is the plan of a view's own query.
func (e *Engine) viewPlan(n *names, t *catalog.Table) (*translate.Plan, error) {
	key := "view\x00" + t.Ref.Project + "\x00" + t.ViewSQL()
	if p, ok := e.plans.Get(key); ok && n.valid(p) {
		return p, nil
	}
	p, err := translate.Statement(e.analyzer, &resolved.Request{SQL: t.ViewSQL(), Resolve: n.source, In: n.in})
	if err == nil {
		e.plans.Add(key, p)
	}
	return p, err
}
