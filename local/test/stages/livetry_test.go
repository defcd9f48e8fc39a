package stages_test

import (
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/shared/warehouse"
)

func TestLiveTry(t *testing.T) {
	client := bigquerytest.Start(t).Client(t, "live")
	warehouseTables(t, client)
	for _, f := range warehouse.Functions() {
		sql := strings.ReplaceAll(f.SQL, "${project}", "live")
		q := client.Query("")
		for _, a := range f.Arguments {
			sql = strings.ReplaceAll(sql, a.Name, "@"+a.Name)
			var v any = time.Unix(0, 0)
			if a.Type == "INT64" {
				v = int64(0)
			}
			if a.Name == "ingested_before" {
				v = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
			}
			q.Parameters = append(q.Parameters, bigquery.QueryParameter{Name: a.Name, Value: v})
		}
		q.Q = sql
		rows, err := query.Rows[map[string]bigquery.Value](t.Context(), q)
		t.Log(f.ID(), rows, err)
		if err != nil { t.Error(err) }
	}
}

func warehouseTables(t *testing.T, client *bigquery.Client) {
	_ = warehouse.Ensure(t.Context(), client)
}
