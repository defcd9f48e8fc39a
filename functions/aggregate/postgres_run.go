package aggregate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tallystream/tallystream/shared/postgres"
)

// Settings of the transactions of this package. Statements are planned each time, by
// the figures that they run with, since a pass may have one record or millions: those with
// parameters by plan_cache_mode, the others because plans are discarded. Compiling them
// would take longer than running them. Indexes are in memory or on a disk without heads.
// Joins are by hash or by index: sets of unknown size aren't sorted for them.
const settings = `
DISCARD PLANS;
SET LOCAL timezone = 'UTC';
SET LOCAL plan_cache_mode = force_custom_plan;
SET LOCAL jit = off;
SET LOCAL random_page_cost = 1.1;
SET LOCAL enable_mergejoin = off;
` + postgres.EndIdle + ";\n"

// Beginnings of transactions. A look at what is new uses the indexes of raw, however few
// rows the planner believes it has.
const (
	beginWork = "BEGIN ISOLATION LEVEL REPEATABLE READ;" + settings + "SET LOCAL work_mem = '64MB'; SET temp_buffers = '128MB'"
	beginLook = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;" + settings + "SET LOCAL enable_seqscan = off"
)

// Locks of a transaction that changes tables. They are taken before its snapshot, so
// that it sees all that the one before has done. A pass that meets another gives way, and
// a rebuild waits for it.
const (
	lockAtOnce    = "LOCK TABLE core.pass_lock IN SHARE ROW EXCLUSIVE MODE NOWAIT"
	lockPatiently = "SET LOCAL lock_timeout = '60s'; LOCK TABLE core.pass_lock IN SHARE ROW EXCLUSIVE MODE; SET LOCAL lock_timeout = 0"
)

// Ways of the planner that a step does without. Those that read raw, from fresh_votes to
// the first statement of fresh_records, read records in the order of the index of raw.
// The other steps change few rows of tables that may be large, and find them by index,
// whatever the planner believes of temporary tables; there are more groups of hours than it
// believes, too. Voters are in the order of their keys already, so that rivals are grouped
// sooner by a sort.
var (
	notInOrder = []string{"seqscan", "hashagg"}
	avoided    = map[string][]string{
		"rivals":                   {"hashagg"},
		"ballots":                  {"seqscan"},
		"ballots_known":            {"seqscan"},
		"electorate_windows_added": {"seqscan", "hashjoin"},
		"vote_windows_added":       {"seqscan", "hashjoin"},
		"amendments_added":         {"seqscan", "hashjoin"},
		"book_windows_added":       {"seqscan", "hashjoin"},
		"vote_hours_added":         {"seqscan", "hashjoin", "sort"},
	}
)

// What wakes those who wait for new results, once the transaction is committed.
const (
	notifyShown = "NOTIFY " + postgres.AnalyticsChannel
	notifyPass  = notifyShown + ", '" + postgres.PassPayload + "'"
)

// work runs a transaction that changes tables, and that no other such transaction meets.
func (w *Postgres) work(ctx context.Context, lock, notify string, do func(pgx.Tx) error) error {
	return w.transaction(ctx, beginWork, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lock+";\n"+TemporaryTables()); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, notify)
		return err
	})
}

// look runs a transaction that reads.
func (w *Postgres) look(ctx context.Context, do func(pgx.Tx) error) error {
	return w.transaction(ctx, beginLook, do)
}

// transaction runs a transaction. Its error is ErrConflict if another one was in its way.
func (w *Postgres) transaction(ctx context.Context, begin string, do func(pgx.Tx) error) error {
	err := w.check(ctx)
	if err == nil {
		err = pgx.BeginTxFunc(ctx, w.pool, pgx.TxOptions{BeginQuery: begin}, do)
	}
	if postgres.Conflict(err) {
		return fmt.Errorf("%w (%v)", ErrConflict, err)
	}
	return postgres.Explain(err)
}

// run runs steps in a transaction and returns the progress after them. It sends as many
// statements at once as it can, and waits for those whose results later ones need:
// parameters are values to the planner.
func run(ctx context.Context, tx pgx.Tx, steps []string, parameters pgx.NamedArgs) ([]Partition, error) {
	var waiting statements
	for _, step := range steps {
		if slices.Contains(postgreSQL.lacks, step) || slices.Contains(late, step) && !touchesComplete(parameters) {
			continue
		}
		waiting = append(waiting, withSettings(step)...)
		if !setsParameters(step) {
			continue
		}
		if err := waiting.run(ctx, tx, parameters); err != nil {
			return nil, err
		}
		waiting = nil
	}
	if err := waiting.run(ctx, tx, parameters); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, postgreSQL.statement("progress"))
	return partitions(rows, err)
}

// withSettings returns the statements of a step between the settings that it needs.
func withSettings(step string) statements {
	all := statements{{step, PostgresStatements(step)}}
	switch avoid := avoided[step]; {
	case step == "fresh_votes":
		return append(statements{{step, enable(notInOrder, "off")}}, all...)
	case step == "fresh_records":
		sql := all[0].sql // of which the first reads raw
		return statements{{step, sql[:1]}, {step, enable(notInOrder, "on")}, {step, sql[1:]}}
	case avoid != nil:
		return statements{{step, enable(avoid, "off")}, all[0], {step, enable(avoid, "on")}}
	}
	return all
}

// enable returns statements that turn ways of the planner on or off.
func enable(ways []string, state string) (all []string) {
	for _, way := range ways {
		all = append(all, "SET LOCAL enable_"+way+" = "+state)
	}
	return all
}

// touchesComplete reports whether a pass touches a minute that was complete.
func touchesComplete(parameters pgx.NamedArgs) bool {
	first, touches := parameters["first_window"].(time.Time)
	complete, known := parameters["complete_before"].(time.Time)
	return touches && known && first.Before(complete)
}

// setsParameters reports whether a step is a query whose columns are parameters of the
// steps after it.
func setsParameters(step string) bool { return step == "touched_range" || step == "election_day" }

// A statement is a step with its SQL, which may be several statements.
type statement struct {
	step string
	sql  []string
}

type statements []statement

// run sends all statements, then waits for them. What the last one returns is set in
// parameters.
func (s statements) run(ctx context.Context, tx pgx.Tx, parameters pgx.NamedArgs) error {
	batch := &pgx.Batch{}
	for _, one := range s {
		for _, sql := range one.sql {
			batch.Queue(sql, parameters)
		}
	}
	results := tx.SendBatch(ctx, batch)
	defer func() { _ = results.Close() }()
	for _, one := range s {
		for range one.sql {
			rows, err := results.Query()
			if err == nil {
				err = set(parameters, rows)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", one.step, err)
			}
		}
	}
	return results.Close()
}

// set sets parameters to the columns of rows, of which there is one or none.
func set(parameters pgx.NamedArgs, rows pgx.Rows) error {
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		for i, column := range rows.FieldDescriptions() {
			parameters[column.Name] = values[i]
		}
	}
	return rows.Err()
}

// TemporaryTables makes the temporary tables of a pass on PostgreSQL, where the
// connection hasn't got them yet.
func TemporaryTables() string { return postgreSQL.Text("temporary", nil) }

var postgresStatements sync.Map // by step: []string

// PostgresStatements returns the statements of a step on PostgreSQL, or of one around a
// pass, see Statement.
func PostgresStatements(step string) []string {
	if known, ok := postgresStatements.Load(step); ok {
		return known.([]string)
	}
	all := strings.Split(postgreSQL.statement(step), ";\n")
	postgresStatements.Store(step, all)
	return all
}
