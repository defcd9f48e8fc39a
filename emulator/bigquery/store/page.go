package store

import (
	"context"
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/duck"
)

// farIn is from which row on a page is found by its row ids. DuckDB sorts all that lies before the end of a page, with all
// columns, which takes longer than two more statements from here on.
const farIn = 10_000

// pageOf is what follows FROM to read a page of some rows, which are what follows FROM to read all of them and ends with a
// condition, in the order in which they were written. No limit is -1.
func pageOf(ctx context.Context, q duck.Queryer, rows string, start, limit int64) (string, error) {
	if limit >= 0 && start+limit >= farIn {
		page, ok, err := pageByID(ctx, q, rows, start, limit)
		if err != nil || ok {
			return page, err
		}
	}
	page := rows + " ORDER BY rowid"
	if limit >= 0 {
		page += fmt.Sprintf(" LIMIT %d", limit)
	}
	if start > 0 {
		page += fmt.Sprintf(" OFFSET %d", start)
	}
	return page, nil
}

// pageByID is the page by the ids of its first and its last row; not ok if DuckDB doesn't find them in the order of ids,
// which it doesn't promise.
func pageByID(ctx context.Context, q duck.Queryer, rows string, start, limit int64) (page string, ok bool, err error) {
	var first, last, n, before, upTo int64
	if err := scanRow(ctx, q, fmt.Sprintf("SELECT coalesce(min(id), 0), coalesce(max(id), 0), count(*) FROM (SELECT rowid AS id FROM %s LIMIT %d OFFSET %d)", rows, limit, start), &first, &last, &n); err != nil {
		return "", false, err
	}
	if n == 0 {
		return rows + " AND FALSE", true, nil
	}
	if err := scanRow(ctx, q, fmt.Sprintf("SELECT count(*) FILTER (WHERE rowid < %d), count(*) FROM %s AND rowid <= %d", first, rows, last), &before, &upTo); err != nil {
		return "", false, err
	}
	return fmt.Sprintf("%s AND rowid BETWEEN %d AND %d ORDER BY rowid", rows, first, last), before == start && upTo == start+n, nil
}

// scanRow reads the only row of a query.
func scanRow(ctx context.Context, q duck.Queryer, query string, into ...any) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	return rows.Err()
}
