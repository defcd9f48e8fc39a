package store

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
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// BigQuery's limits of partitions and transactions, from "Quotas and limits" and
// "Multi-statement transactions". Each statement of a script is a job.
const (
	JobPartitions         = 4_000   // that a query or load may modify
	TablePartitions       = 10_000  // of a table
	TransactionPartitions = 100_000 // modified by all statements of a transaction
	TransactionTables     = 100     // modified by a transaction
)

// TooManyInJob is the error of a job that fills n partitions.
func TooManyInJob(n int) error {
	return bqerror.Query("Too many partitions produced by query, allowed %d, query produces at least %d partitions", JobPartitions, n)
}

// TooManyInTable is the error of a job after which a table would have n partitions.
func TooManyInTable(ref catalog.Ref, n int) error {
	return bqerror.Invalid("Table %s will have %d partitions when the job finishes, exceeding limit %d. "+
		"If partitions were recently expired, it may take time to be reflected unless explicitly deleted.", ref, n, TablePartitions)
}

// LimitFilled refuses a new table with more partitions than the query that filled
// it may produce.
func LimitFilled(ctx context.Context, conn *sql.Conn, t *catalog.Table) error {
	p := catalog.PartitioningOf(t.Resource)
	if p.Most() <= JobPartitions {
		return nil
	}
	var n int
	err := conn.QueryRowContext(ctx, fmt.Sprintf("SELECT count(DISTINCT %s) FROM %s", p.NumberSQL(), t.Physical())).Scan(&n)
	if err != nil {
		return duck.AsBigQuery(err)
	}
	if n > JobPartitions {
		return TooManyInJob(n)
	}
	return nil
}

// LimitRows refuses rows that a query or a load may not produce at once.
func LimitRows(p catalog.Partitioning, columns []types.Field, rows [][]any) error {
	if p.Most() <= JobPartitions {
		return nil
	}
	produced := map[int64]bool{}
	for i, c := range columns {
		if !strings.EqualFold(c.Name, p.Field) {
			continue
		}
		for _, row := range rows {
			v, err := duck.To(row[i], c.Type)
			if err != nil {
				return nil // the append says what is wrong with it
			}
			produced[p.Number(v)] = true
		}
	}
	if len(produced) > JobPartitions {
		return TooManyInJob(len(produced))
	}
	return nil
}

// known are partitions that a table has, or had.
type known struct {
	mu      sync.Mutex
	numbers map[int64]bool
}

// limitAppend refuses rows by which a table would have too many partitions. It
// reads the table only where they are for a partition that no append before
// them was for.
func (s *Store) limitAppend(ctx context.Context, conn *sql.Conn, t *catalog.Table, names []string, rows [][]driver.Value) error {
	p := catalog.PartitioningOf(t.Resource)
	if p.Most() <= TablePartitions {
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
	entry, _ := s.partitions.LoadOrStore(t.ID, &known{})
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
		return duck.AsBigQuery(err)
	}
	defer values.Close()
	have := map[int64]bool{}
	for values.Next() {
		var v any
		if err := values.Scan(&v); err != nil {
			return duck.AsBigQuery(err)
		}
		have[p.Number(v)] = true
	}
	if err := values.Err(); err != nil {
		return duck.AsBigQuery(err)
	}
	before := len(have)
	maps.Copy(have, added)
	if len(have) > max(TablePartitions, before) {
		return TooManyInTable(t.Ref, len(have))
	}
	k.numbers = have
	return nil
}
