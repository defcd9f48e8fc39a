package postgres_test

import (
	"cmp"
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

var sqlBlock = regexp.MustCompile("(?s)```sql\n(.*?)```")

// Every statement of docs/postgres.md works on a counted election, for an operator, and
// every query has rows.
func TestDocumentedSQL(t *testing.T) {
	c := newChain(t)
	all := c.batches(20)
	slices.SortFunc(all, func(a, b *recordbatch.Batch) int { return cmp.Compare(len(a.Topic), len(b.Topic)) })
	c.deliver(all[:len(all)*3/4]...)
	c.pass()
	c.deliver(all[len(all)*3/4:]...) // they amend what was complete
	c.pass()
	must(t, postgres.GrantRoles(t.Context(), c.pool))
	text, err := os.ReadFile("../../../docs/postgres.md")
	must(t, err)
	blocks := sqlBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 10 {
		t.Fatalf("%d blocks of SQL were found, want ten at least", len(blocks))
	}
	operator := postgrestest.Pool(t, as(t, c.env["DATABASE_URL"], "operate"))
	for _, block := range blocks {
		sql := block[1]
		if strings.Contains(sql, "CREATE ROLE") {
			for _, role := range regexp.MustCompile(`CREATE ROLE (\w+)`).FindAllStringSubmatch(sql, -1) {
				t.Cleanup(func() { _, _ = c.pool.Exec(context.Background(), "DROP ROLE "+role[1]) })
			}
			c.exec(sql)
			continue
		}
		rows, err := operator.Query(t.Context(), sql)
		must(t, err)
		found, err := pgx.CollectRows(rows, pgx.RowToMap)
		if err != nil || len(found) == 0 {
			t.Errorf("%d rows, error %v:\n%s", len(found), err, sql)
		}
	}
}
