package translate

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (t *translator) delete(s *resolved.Delete) {
	refuseExtras(s.Extras)
	scan := s.Target
	target := t.target("DELETE", scan)
	t.targetColumns(scan, "_t")
	t.step(Deleted, fmt.Sprintf("DELETE FROM %s AS _t WHERE %s", target.From, t.filter(s.Where)))
}
