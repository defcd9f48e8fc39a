package postgres_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/local/stress/torture"
	"github.com/tallystream/tallystream/shared/postgres"
)

// A transaction as a stage sends it, in which one step meets a fault.
type transaction struct {
	stage string
	begin string // of its first step; it makes that of a pass one
}

var (
	ofIngest = transaction{"ingest", "BEGIN"}
	ofPass   = transaction{"aggregate", "BEGIN; LOCK TABLE core.pass_lock IN SHARE ROW EXCLUSIVE MODE NOWAIT"}
)

// The proxy does to a step what the fault says: whether the transaction is in the table
// afterwards, and whether its sender was told so.
func TestProxy(t *testing.T) {
	effects := map[faults.Fault]bool{ // of a fault at the commit
		faults.Refused: false, faults.AnswerLost: true, faults.KillBefore: false, faults.KillAfter: true, faults.Late: true,
		faults.Denied: false, faults.Terminated: true, faults.Crashed: true, faults.Vanished: false,
	}
	d := openDatabase(t)
	for _, tt := range []struct {
		op faults.Op
		transaction
	}{
		{faults.IngestConnect, ofIngest}, {faults.IngestStatement, ofIngest}, {faults.Copy, ofIngest}, {faults.IngestCommit, ofIngest},
		{faults.AggregateConnect, ofPass}, {faults.PassStatement, ofPass}, {faults.PassCommit, ofPass},
	} {
		for _, fault := range append([]faults.Fault{faults.None}, faults.Of(tt.op)...) {
			t.Run(string(tt.op)+"/"+fault.String(), func(t *testing.T) {
				want := fault == faults.None
				if slices.Contains([]faults.Op{faults.IngestCommit, faults.PassCommit}, tt.op) {
					want = want || effects[fault]
				}
				tryProxy(t, d, tt.transaction, tt.op, fault, want)
			})
		}
	}
}

// tryProxy sends a transaction through the proxy.
func tryProxy(t *testing.T, d torture.Database, tx transaction, op faults.Op, fault faults.Fault, want bool) {
	ctx, cancel := context.WithTimeout(t.Context(), ample)
	defer cancel()
	var kills atomic.Int64
	impatient, lose := context.WithCancel(ctx)
	defer lose()
	in := &faults.Injector{
		Hold: ample,
		Kill: func(stage string) {
			if stage != tx.stage {
				t.Errorf("%s is killed, want %s", stage, tx.stage)
			}
			kills.Add(1)
		},
		Held: lose,
		Choose: func(o faults.Op, n int) faults.Fault {
			if o == op && n == 1 {
				return fault
			}
			return faults.None
		},
	}
	if _, err := d.Tables().Postgres.Exec(ctx, "TRUNCATE public.effects"); err != nil {
		t.Fatal(err)
	}
	settings, err := d.Connect(ctx, torture.Way{In: in})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Disconnect()
	in.Start()

	sendFaulty(impatient, t, settings["DATABASE_URL"], tx, fault)
	if err := in.Await(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.Idle(ctx); err != nil {
		t.Fatal(err)
	}
	if rows := stored(ctx, t, d); rows == 1 || (rows == 2) != want {
		t.Errorf("%d rows, want all of them: %v", rows, want)
	}
	if got := kills.Load() > 0; got != fault.Kills() {
		t.Errorf("killed: %v", got)
	}
	if fired := in.Fired(); (len(fired) > 0) != (fault != faults.None) {
		t.Errorf("fired: %v", fired)
	}
}

// sendFaulty sends a transaction, and checks what its sender gets.
func sendFaulty(ctx context.Context, t *testing.T, url string, tx transaction, fault faults.Fault) {
	t.Helper()
	idle := postgres.EndIdle
	if fault == faults.Vanished {
		idle = "SET LOCAL idle_in_transaction_session_timeout = '1s'" // the server notices sooner
	}
	err := send(ctx, url, tx, idle)
	if told := err == nil; told != (fault == faults.None) {
		t.Errorf("the sender gets the error %v", err)
	}
	var refused *pgconn.PgError
	if fault == faults.Denied && !errors.As(err, &refused) {
		t.Errorf("error = %v, want one of the server", err)
	}
}

// stored is how many rows of the transaction the server has.
func stored(ctx context.Context, t *testing.T, d torture.Database) (rows int64) {
	t.Helper()
	if err := d.Tables().Postgres.QueryRow(ctx, "SELECT count(*) FROM public.effects").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// send sends a transaction of two rows.
func send(ctx context.Context, url string, tx transaction, idle string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	config.RuntimeParams["application_name"] = "tallystream " + tx.stage
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, sql := range []string{tx.begin, idle, "INSERT INTO public.effects VALUES (1)"} {
		if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			return err
		}
	}
	if _, err := conn.PgConn().CopyFrom(ctx, strings.NewReader("2\n"), "COPY public.effects (n) FROM STDIN"); err != nil {
		return err
	}
	_, err = conn.PgConn().Exec(ctx, "COMMIT").ReadAll()
	return err
}

// ample is how long what takes a moment on an idle machine may take beside others.
const ample = 5 * time.Minute

// openDatabase opens a database of its own server, with a table for the effects.
func openDatabase(t *testing.T) torture.Database {
	t.Helper()
	onServers(t)
	d, err := servers.Open(t.Context(), servers.Concurrency())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Empty(t.Context(), torture.Way{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Tables().Postgres.Exec(t.Context(), "CREATE TABLE public.effects (n bigint)"); err != nil {
		t.Fatal(err)
	}
	return d
}
