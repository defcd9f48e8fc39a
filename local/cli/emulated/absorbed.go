package emulated

import (
	"context"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/simulate/ledger"
)

// tellAbsorbed prints what was mixed into the election and what became of it.
func tellAbsorbed(ctx context.Context, h *cli.Host, sim *simulate.Simulation, l *ledger.Ledger, tables query.Warehouse) error {
	var mixed []string
	for _, i := range sim.Irregularities() {
		mixed = append(mixed, i.Name+" "+console.Number(int64(i.Records)))
	}
	if len(mixed) == 0 {
		mixed = []string{"nothing"}
	}
	again, err := deliveredAgain(ctx, tables)
	if err != nil {
		return err
	}
	var sum ledger.Book
	for _, b := range l.Books() {
		sum.Duplicate += b.Duplicate
		sum.Rejected += b.Rejected
		sum.Pending += b.Pending
	}
	h.Console.Printf("  Mixed in: %s.", strings.Join(mixed, ", "))
	h.Console.Printf("  Absorbed: %s records stood behind another of their voter, %s were rejected with a reason,\n"+
		"  %s votes wait for their voter, and %s records were delivered more than once.",
		console.Number(sum.Duplicate), console.Number(sum.Rejected), console.Number(sum.Pending), console.Number(again))
	return nil
}

// deliveredAgain counts the rows of raw beyond one for each record.
func deliveredAgain(ctx context.Context, tables query.Warehouse) (int64, error) {
	var each []string
	for _, table := range []string{"votes", "voters", "rejects"} {
		each = append(each, fmt.Sprintf(`SELECT COUNT(*) AS copies
FROM raw.%s GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset HAVING COUNT(*) > 1`, table))
	}
	integer := "INT64"
	if tables.Postgres != nil {
		integer = "bigint"
	}
	rows, err := query.Select[struct {
		Again int64 `bigquery:"again" db:"again"`
	}](ctx, tables, "SELECT CAST(COALESCE(SUM(copies - 1), 0) AS "+integer+") AS again FROM ("+strings.Join(each, "\nUNION ALL\n")+") AS r", nil)
	if err != nil {
		return 0, fmt.Errorf("count what was delivered again: %w", err)
	}
	return rows[0].Again, nil
}
