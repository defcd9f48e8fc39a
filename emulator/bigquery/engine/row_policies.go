package engine

import (
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
)

// anonymous is who runs a query that nobody is named for.
const anonymous = "user:emulator@localhost"

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
