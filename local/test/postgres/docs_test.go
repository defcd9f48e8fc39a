package postgres_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/postgres"
)

var sqlBlock = regexp.MustCompile("(?s)```sql\n(.*?)```")

// Every statement of docs/postgres.md works on a counted election, for an operator, and
// every query has rows.
func TestDocumentedSQL(t *testing.T) {
	c := newChain(t)
	all := e2etest.VotesFirst(c.batches(20))
	c.Deliver(all[:len(all)*3/4]...)
	c.Pass()
	c.Deliver(all[len(all)*3/4:]...) // they amend what was complete
	c.Pass()
	must(t, postgres.GrantRoles(t.Context(), c.pool))
	text, err := os.ReadFile("../../../docs/postgres.md")
	must(t, err)
	blocks := sqlBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 10 {
		t.Fatalf("%d blocks of SQL were found, want ten at least", len(blocks))
	}
	operator := postgrestest.Pool(t, as(t, c.Env["DATABASE_URL"], "operate"))
	for _, block := range blocks {
		sql := block[1]
		if strings.Contains(sql, "CREATE ROLE") {
			for _, role := range regexp.MustCompile(`CREATE ROLE (\w+)`).FindAllStringSubmatch(sql, -1) {
				t.Cleanup(func() { _, _ = c.pool.Exec(context.Background(), "DROP ROLE "+role[1]) })
			}
			c.Exec(sql)
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
