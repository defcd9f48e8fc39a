package engine

import (
	"context"
	"database/sql"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// travelWindow is how far back BigQuery reads
// (https://cloud.google.com/bigquery/docs/time-travel).
const travelWindow = 7 * 24 * time.Hour

// travel checks the times of FOR SYSTEM_TIME AS OF. What a table was before its last change
// isn't kept, and refused.
func (r *run) travel(p *translate.Plan) error {
	for _, a := range p.AsOf {
		query, args, err := r.bind(a.Time)
		if err != nil {
			return err
		}
		var at sql.NullTime
		if err := r.conn.QueryRowContext(context.Background(), query, args...).Scan(&at); err != nil {
			return duck.AsBigQuery(err)
		}
		if !at.Valid {
			return bqerror.Query("FOR SYSTEM_TIME AS OF expression cannot be NULL")
		}
		t, ok := a.Source.Target.(*catalog.Table)
		if !ok || t.IsView() {
			return bqerror.Query("FOR SYSTEM_TIME AS OF is only supported for tables, not for %s", a.Source.Name)
		}
		if err := r.travelTo(t, at.Time); err != nil {
			return err
		}
	}
	return nil
}

// travelTo is the error of a table that can't be read as of a time.
func (r *run) travelTo(t *catalog.Table, at time.Time) error {
	now := r.engine.Now()
	if at.After(now) {
		return bqerror.Query("Invalid time travel timestamp %d for table %s@%d. Cannot read in the future.", at.UnixMilli(), t.Ref, at.UnixMilli())
	}
	from := max(t.Resource.CreationTime, now.Add(-travelWindow).UnixMilli())
	if at.UnixMilli() < from {
		return bqerror.Query("Invalid time travel timestamp %d for table %s@%d. Cannot read before %d.", at.UnixMilli(), t.Ref, at.UnixMilli(), from)
	}
	changed := r.engine.Mutated(t.ID).At
	if opened := r.engine.Opened.UnixMilli(); t.Resource.CreationTime < opened {
		changed = max(changed, opened) // nobody knows what has changed before
	}
	if r.touched(t.ID) || at.UnixMilli() < changed {
		return bqerror.Unsupported("FOR SYSTEM_TIME AS OF %s of the table %s, which has changed since or may have,", at.UTC().Format(time.RFC3339Nano), t.Ref)
	}
	return nil
}
