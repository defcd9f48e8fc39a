package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/iterator"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// BigQuery reads tables through BigQuery's client.
type BigQuery struct {
	Client *warehouse.Client
}

// mostRows is how many rows of a table of voters are read by one query: the
// emulator keeps results in memory.
const mostRows = 100_000

// keyAlphabet are the characters that a voter's key may begin with.
const keyAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// Read implements Reader. It reads a table by one query, or a large one by a query
// for each first character of a voter's key. The table shouldn't change meanwhile.
func (b BigQuery) Read(ctx context.Context, table string, columns []string, row func([]any) error) error {
	name := fmt.Sprintf("`%s.%s%s`", b.Client.Project(), b.Client.Prefix, table)
	all := fmt.Sprintf("SELECT %s FROM %s", strings.Join(columns, ", "), name)
	if !slices.Contains(columns, "voter_key") {
		return b.query(ctx, all, "", row)
	}
	var rows int64
	if err := b.query(ctx, "SELECT COUNT(*) FROM "+name, "", func(values []any) error {
		rows = values[0].(int64)
		return nil
	}); err != nil {
		return err
	}
	if rows <= mostRows {
		return b.query(ctx, all, "", row)
	}
	for _, first := range keyAlphabet {
		if err := b.query(ctx, all+" WHERE STARTS_WITH(voter_key, @first)", string(first), row); err != nil {
			return err
		}
	}
	return nil
}

// query calls row for each row of a query's result.
func (b BigQuery) query(ctx context.Context, sql, first string, row func([]any) error) error {
	q := b.Client.Query(sql)
	if first != "" {
		q.Parameters = []bigquery.QueryParameter{{Name: "first", Value: first}}
	}
	rows, err := q.Read(ctx)
	if err != nil {
		return err
	}
	var next []bigquery.Value
	var values []any
	for {
		err := rows.Next(&next)
		if errors.Is(err, iterator.Done) {
			return nil
		}
		if err != nil {
			return err
		}
		values = values[:0]
		for _, v := range next {
			values = append(values, v)
		}
		if err := row(values); err != nil {
			return err
		}
	}
}
