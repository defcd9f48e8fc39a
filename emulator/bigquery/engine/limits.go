package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// BigQuery's limits of partitions and transactions, from "Quotas and limits" and
// "Multi-statement transactions". Each statement of a script is a job.
const (
	jobPartitions         = 4_000   // that a query or load may modify
	tablePartitions       = 10_000  // of a table
	transactionPartitions = 100_000 // modified by all statements of a transaction
	transactionTables     = 100     // modified by a transaction
)

func tooManyInJob(n int) error {
	return bqerror.Query("Too many partitions produced by query, allowed %d, query produces at least %d partitions", jobPartitions, n)
}

func tooManyInTable(ref TableRef, n int) error {
	return bqerror.Invalid("Table %s will have %d partitions when the job finishes, exceeding limit %d. "+
		"If partitions were recently expired, it may take time to be reflected unless explicitly deleted.", ref, n, tablePartitions)
}

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
		if r.tx.touched[t.ID] = true; len(r.tx.touched) > transactionTables {
			return bqerror.Query("Transaction modifies too many tables, allowed %d", transactionTables)
		}
	}
	p := catalog.PartitioningOf(t.Resource)
	if p.Most() <= jobPartitions || plan.Kind == "TRUNCATE_TABLE" {
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
	if modified > jobPartitions {
		return tooManyInJob(modified)
	}
	if len(after) > max(tablePartitions, len(before)) {
		return tooManyInTable(t.Ref, len(after))
	}
	if r.tx != nil {
		if r.tx.partitions += modified; r.tx.partitions > transactionPartitions {
			return bqerror.Query("Transaction modifies too many partitions, allowed %d", transactionPartitions)
		}
	}
	return nil
}

// contents sums up the rows of each partition.
func (r *run) contents(ctx context.Context, t *catalog.Table, p catalog.Partitioning) (map[int64]uint64, error) {
	rows, err := r.conn.QueryContext(ctx, fmt.Sprintf("SELECT %s, hash(sum(hash(_t)), count(*)) FROM %s AS _t GROUP BY 1", p.NumberSQL(), t.Physical()))
	if err != nil {
		return nil, asBigQuery(err)
	}
	defer rows.Close()
	contents := map[int64]uint64{}
	for rows.Next() {
		var number int64
		var sum uint64
		if err := rows.Scan(&number, &sum); err != nil {
			return nil, asBigQuery(err)
		}
		contents[number] = sum
	}
	return contents, asBigQuery(rows.Err())
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

// limitFilled refuses a new table with more partitions than the query that filled
// it may produce.
func limitFilled(ctx context.Context, conn *sql.Conn, t *catalog.Table) error {
	p := catalog.PartitioningOf(t.Resource)
	if p.Most() <= jobPartitions {
		return nil
	}
	var n int
	err := conn.QueryRowContext(ctx, fmt.Sprintf("SELECT count(DISTINCT %s) FROM %s", p.NumberSQL(), t.Physical())).Scan(&n)
	if err != nil {
		return asBigQuery(err)
	}
	if n > jobPartitions {
		return tooManyInJob(n)
	}
	return nil
}

// limitRows refuses rows that a query or a load may not produce at once.
func limitRows(p catalog.Partitioning, columns []types.Field, rows [][]any) error {
	if p.Most() <= jobPartitions {
		return nil
	}
	produced := map[int64]bool{}
	for i, c := range columns {
		if !strings.EqualFold(c.Name, p.Field) {
			continue
		}
		for _, row := range rows {
			v, err := toDuck(row[i], c.Type)
			if err != nil {
				return nil // the append says what is wrong with it
			}
			produced[p.Number(v)] = true
		}
	}
	if len(produced) > jobPartitions {
		return tooManyInJob(len(produced))
	}
	return nil
}

// known are partitions that a table has, or had.
type known struct {
	mu      sync.Mutex
	numbers map[int64]bool
}

// limitAppend refuses rows by which a table would have too many partitions. It
// looks at the table only where they are for a partition that no append before
// them was for.
func (e *Engine) limitAppend(ctx context.Context, conn *sql.Conn, t *catalog.Table, names []string, rows [][]driver.Value) error {
	p := catalog.PartitioningOf(t.Resource)
	if p.Most() <= tablePartitions {
		return nil
	}
	numbers := map[int64]bool{}
	for i, name := range names {
		if !strings.EqualFold(name, p.Field) {
			continue
		}
		for _, row := range rows {
			numbers[p.Number(row[i])] = true
		}
	}
	entry, _ := e.partitions.LoadOrStore(t.ID, &known{})
	k := entry.(*known)
	k.mu.Lock()
	defer k.mu.Unlock()
	for number := range numbers {
		if !k.numbers[number] {
			return k.extend(ctx, conn, t, p, numbers)
		}
	}
	return nil
}

// extend reads the partitions of a table again and adds some.
func (k *known) extend(ctx context.Context, conn *sql.Conn, t *catalog.Table, p catalog.Partitioning, added map[int64]bool) error {
	values, err := conn.QueryContext(ctx, fmt.Sprintf("SELECT any_value(%s) FROM %s GROUP BY %s", types.Quote(p.Field), t.Physical(), p.NumberSQL()))
	if err != nil {
		return asBigQuery(err)
	}
	defer values.Close()
	have := map[int64]bool{}
	for values.Next() {
		var v any
		if err := values.Scan(&v); err != nil {
			return asBigQuery(err)
		}
		have[p.Number(v)] = true
	}
	if err := values.Err(); err != nil {
		return asBigQuery(err)
	}
	before := len(have)
	maps.Copy(have, added)
	if len(have) > max(tablePartitions, before) {
		return tooManyInTable(t.Ref, len(have))
	}
	k.numbers = have
	return nil
}
