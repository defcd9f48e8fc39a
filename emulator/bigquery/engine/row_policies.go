package engine

import (
	"context"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
)

// anonymous is who runs a query that nobody is named for.
const anonymous = "user:emulator@localhost"

// ReadTable implements API.
func (e *Engine) ReadTable(ctx context.Context, ref TableRef, start, limit int64) (*Rows, error) {
	base, _, _ := ref.Partition()
	if t, err := e.Catalog.Table(base); err == nil {
		if err := store.RefuseFiltered(t, principal(callerOf(ctx)), "To list its rows"); err != nil {
			return nil, err
		}
		if err := e.permitColumns(callerOf(ctx), t, nil); err != nil {
			return nil, err
		}
	}
	return e.Store.ReadTable(ctx, ref, start, limit)
}

// principal is a caller as policies name it.
func principal(caller string) string {
	switch {
	case caller == "":
		return anonymous
	case !strings.Contains(caller, ":"):
		return "user:" + caller
	}
	return caller
}

// restrict limits a source to the rows that the caller may see.
func (n *names) restrict(s *resolved.Source, t *catalog.Table) {
	condition := store.RowCondition(t, principal(n.caller))
	if condition == "" || n.bare != nil && n.bare.ID == t.ID {
		return
	}
	bare := n.of(t.Ref.Project)
	bare.bare = t
	columns := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		columns[i] = "`" + c.Name + "`"
	}
	s.Restricted = &resolved.Restriction{Query: store.RowFilter(t.Ref, columns, condition), Names: bare}
	s.Fingerprint += " " + condition
}
