package engine

import (
	"slices"
	"strings"
	"sync"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// definition is a view or a function as its columns are found.
type definition struct {
	id      int64
	project string        // of the names in sql
	sql     string        // query of a view, or the statement that creates a function
	columns []types.Field // on the day that it was made
}

func view(t *catalog.Table) definition {
	return definition{id: t.ID, project: t.Ref.Project, sql: t.ViewSQL(), columns: t.Columns}
}

// views are the present columns of views and functions, where they are others
// than on the day that these were made.
type views struct {
	mu      sync.Mutex
	columns map[int64][]types.Field // by the id of the definition
}

// seen are the views and functions that a statement has named, its own and nested
// ones.
type seen map[int64]definition

// present are the present columns, where they are known.
func (v *views) present(d definition) (columns []types.Field, known bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	columns, known = v.columns[d.id]
	return columns, known
}

// update remembers present columns and reports whether they are others than statements
// are analyzed by.
func (v *views) update(d definition, now []types.Field) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	used, ok := v.columns[d.id]
	if !ok {
		used = d.columns
	}
	if slices.Equal(shape(used), shape(now)) {
		return false
	}
	if v.columns == nil {
		v.columns = map[int64][]types.Field{}
	}
	v.columns[d.id] = now
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

// refresh analyzes the queries of views and functions, nested ones first, and
// reports whether any has other columns than were used. A query that can't be analyzed
// keeps its columns as they are: the statement that names it says what is wrong.
func (e *Engine) refresh(named seen, depth int) (changed bool) {
	if depth == 0 {
		return false
	}
	for _, d := range named {
		n := &names{engine: e, project: d.project, defaultProject: d.project}
		var columns []types.Field
		var err error
		for again := true; again; {
			n.seen = seen{}
			columns, err = e.columnsOf(n, d)
			if again = e.refresh(n.seen, depth-1); again {
				changed = true
			}
		}
		if err == nil && e.views.update(d, columns) {
			changed = true
		}
	}
	return changed
}

// columnsOf are the columns of the plan of a definition's own query.
func (e *Engine) columnsOf(n *names, d definition) ([]types.Field, error) {
	key := "view\x00" + d.project + "\x00" + d.sql
	p, ok := e.plans.Get(key)
	if !ok || !n.valid(p) {
		var err error
		if p, err = translate.Statement(e.analyzer, &resolved.Request{SQL: d.sql, Names: n, Definition: true}); err != nil {
			return nil, err
		}
		e.plans.Add(key, p)
	}
	if p.DDL != nil {
		return p.DDL.Columns, nil
	}
	return p.Columns, nil
}

// RefersTo implements store.Views. A query that can't be analyzed refers to nothing: its analysis says what is wrong.
func (e *Engine) RefersTo(project, query string, t *catalog.Table) bool {
	return e.refersTo(definition{project: project, sql: query}, t.ID, maxViewDepth)
}

func (e *Engine) refersTo(d definition, id int64, depth int) bool {
	n := &names{engine: e, project: d.project, defaultProject: d.project, seen: seen{}}
	if _, err := e.columnsOf(n, d); err != nil || depth == 0 {
		return false
	}
	for _, named := range n.seen {
		if named.id == id || e.refersTo(named, id, depth-1) {
			return true
		}
	}
	return false
}
