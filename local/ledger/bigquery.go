package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/iterator"
)

// BigQuery reads tables through BigQuery's client.
type BigQuery struct {
	Client *bigquery.Client
}

// Read implements Reader by one query for each table.
func (b BigQuery) Read(ctx context.Context, table string, columns []string, row func([]any) error) error {
	sql := fmt.Sprintf("SELECT %s FROM `%s.%s`", strings.Join(columns, ", "), b.Client.Project(), table)
	rows, err := b.Client.Query(sql).Read(ctx)
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	for {
		var next []bigquery.Value
		err := rows.Next(&next)
		if errors.Is(err, iterator.Done) {
			return nil
		}
		if err != nil {
			return err
		}
		for i, v := range next {
			values[i] = v
		}
		if err := row(values); err != nil {
			return err
		}
	}
}
