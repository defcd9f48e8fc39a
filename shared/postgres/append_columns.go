package postgres

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// columnsFor is how long the columns of the tables are taken to be the same. Fields of
// records are stored so soon after a column was added for them.
const columnsFor = 2 * time.Second

// columns knows the added columns of the raw tables. The zero value has yet to read them.
type columns struct {
	mu     sync.Mutex
	added  map[string][]warehouse.AddedColumn // by table
	readAt time.Time
}

// of returns the added columns by table. It tells of those that have changed.
func (c *columns) of(ctx context.Context, conn *pgx.Conn, tell func(table string, columns []string)) (map[string][]warehouse.AddedColumn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.added != nil && time.Since(c.readAt) < columnsFor {
		return c.added, nil
	}
	added, err := readColumns(ctx, conn)
	if err != nil {
		return nil, err
	}
	for _, table := range slices.Sorted(maps.Keys(added)) {
		if tell != nil && !slices.Equal(added[table], c.added[table]) {
			var names []string
			for _, column := range added[table] {
				names = append(names, column.Name)
			}
			tell("raw."+table, names)
		}
	}
	c.added, c.readAt = added, time.Now()
	return added, nil
}

// forget has the columns read again for the next append.
func (c *columns) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readAt = time.Time{}
}

// addedTypes are the types of added columns that are filled. Columns of other types stay
// NULL, and so do domains and varchar(n): a value that they refuse would lose the record.
var addedTypes = map[string]warehouse.AddedType{
	"text": warehouse.AddedText, "bigint": warehouse.AddedInteger,
	"double precision": warehouse.AddedFloat, "boolean": warehouse.AddedBool,
}

// readColumns reads the added columns of the tables that are filled.
func readColumns(ctx context.Context, conn *pgx.Conn) (map[string][]warehouse.AddedColumn, error) {
	rows, err := conn.Query(ctx, `
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace = 'raw'::regnamespace AND c.relname = ANY ($1)
  AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull AND a.attgenerated = ''
ORDER BY c.relname, a.attnum`, []string{rawVotes.name, rawVoters.name})
	if err != nil {
		return nil, err
	}
	added := map[string][]warehouse.AddedColumn{}
	var table, name, kind string
	_, err = pgx.ForEachRow(rows, []any{&table, &name, &kind}, func() error {
		known := map[string][]string{rawVotes.name: rawVotes.columns, rawVoters.name: rawVoters.columns}[table]
		if t, fills := addedTypes[kind]; fills && !slices.Contains(known, name) && !warehouse.Private(name) {
			added[table] = append(added[table], warehouse.AddedColumn{Name: name, Type: t})
		}
		return nil
	})
	return added, err
}
