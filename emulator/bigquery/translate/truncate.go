package translate

import (
	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (t *translator) truncate(s *resolved.Truncate) {
	target := t.target("TRUNCATE_TABLE", s.Target)
	if s.Condition {
		bqerror.Refuse("TRUNCATE with a condition")
	}
	t.step(Deleted, "DELETE FROM "+target.From)
}
