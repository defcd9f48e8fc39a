package engine

import (
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// likeOf is the table that a statement copies.
func likeOf(d *resolved.DDL) (ref TableRef, ok bool) {
	if d.Like == nil {
		return TableRef{}, false
	}
	t, ok := d.Like.Target.(*catalog.Table)
	if !ok {
		return TableRef{}, false
	}
	return t.Ref, true
}

// stamp notes what a clone or a snapshot was made of, and when. A snapshot can't be written
// to any more.
func stamp(t *bqv2.Table, base TableRef, snapshot bool, at time.Time) {
	ref := &bqv2.TableReference{ProjectId: base.Project, DatasetId: base.Dataset, TableId: base.Table}
	when := at.UTC().Format("2006-01-02T15:04:05.000000Z") // the Python client reads six digits at most, and at least one
	if snapshot {
		t.Type, t.SnapshotDefinition = "SNAPSHOT", &bqv2.SnapshotDefinition{BaseTableReference: ref, SnapshotTime: when}
		return
	}
	t.CloneDefinition = &bqv2.CloneDefinition{BaseTableReference: ref, CloneTime: when}
}
