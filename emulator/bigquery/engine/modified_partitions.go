package engine

import (
	"context"
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// limited runs DML and refuses what modifies too many partitions. A partition is
// modified if its rows are others than before: an UPDATE that sets what stands
// there, which BigQuery counts, isn't seen. TRUNCATE modifies none. Tables that
// can't have more than a job may modify, such as those by month, aren't counted,
// for the transaction neither.
func (r *run) limited(ctx context.Context, plan *translate.Plan, change func() error) error {
	t, permanent := plan.Target.Target.(*catalog.Table)
	if !permanent {
		return change()
	}
	if r.tx != nil {
		if r.tx.touched[t.ID] = true; len(r.tx.touched) > store.TransactionTables {
			return bqerror.Query("Transaction modifies too many tables, allowed %d", store.TransactionTables)
		}
	}
	p := catalog.PartitioningOf(t.Resource)
	if p.Most() <= store.JobPartitions || plan.Kind == "TRUNCATE_TABLE" {
		return change()
	}
	before, err := r.contents(ctx, t, p)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := r.contents(ctx, t, p)
	if err != nil {
		return err
	}
	modified := different(before, after)
	if modified > store.JobPartitions {
		return store.TooManyInJob(modified)
	}
	if len(after) > max(store.TablePartitions, len(before)) {
		return store.TooManyInTable(t.Ref, len(after))
	}
	if r.tx != nil {
		if r.tx.partitions += modified; r.tx.partitions > store.TransactionPartitions {
			return bqerror.Query("Transaction modifies too many partitions, allowed %d", store.TransactionPartitions)
		}
	}
	return nil
}

// contents sums up the rows of each partition.
func (r *run) contents(ctx context.Context, t *catalog.Table, p catalog.Partitioning) (map[int64]uint64, error) {
	rows, err := r.conn.QueryContext(ctx, fmt.Sprintf("SELECT %s, hash(sum(hash(_t)), count(*)) FROM %s AS _t GROUP BY 1", p.NumberSQL(), t.Physical()))
	if err != nil {
		return nil, duck.AsBigQuery(err)
	}
	defer rows.Close()
	contents := map[int64]uint64{}
	for rows.Next() {
		var number int64
		var sum uint64
		if err := rows.Scan(&number, &sum); err != nil {
			return nil, duck.AsBigQuery(err)
		}
		contents[number] = sum
	}
	return contents, duck.AsBigQuery(rows.Err())
}

func different(a, b map[int64]uint64) (n int) {
	for number, sum := range a {
		if other, ok := b[number]; !ok || other != sum {
			n++
		}
	}
	for number := range b {
		if _, ok := a[number]; !ok {
			n++
		}
	}
	return n
}
