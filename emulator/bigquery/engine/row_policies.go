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
		if err := e.permitColumns(callerOf(ctx), t, nil, true); err != nil {
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

// restrict limits a source to the rows and the values that the caller may see. Policies on rows are
// held to before values are masked
// (https://cloud.google.com/bigquery/docs/column-data-masking-intro#row-level-security).
func (n *names) restrict(s *resolved.Source, t *catalog.Table) {
	if n.bare != nil && n.bare.ID == t.ID {
		return
	}
	condition := store.RowCondition(t, principal(n.caller))
	governs := t.Resource.Schema != nil && !t.IsView() && n.engine.governs(n.caller)
	if condition == "" && !governs {
		return
	}
	columns, masked := n.seenColumns(s, t, governs)
	if condition == "" && !masked {
		return
	}
	if masked {
		s.Fingerprint += " " + strings.Join(columns, ", ")
	}
	rows := condition != ""
	if !rows {
		condition = "TRUE"
	}
	bare := n.of(t.Ref.Project)
	bare.bare = t
	s.Restricted = &resolved.Restriction{Query: store.RowFilter(t.Ref, columns, condition), Names: bare, Rows: rows}
	s.Fingerprint += " " + condition
}
