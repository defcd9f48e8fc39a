package bigquery_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/stores"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// emulated makes the tables of each line in a project of its own of an emulator.
type emulated struct{ bigquerytest.Server }

// Open implements e2etest.Warehouse.
func (w emulated) Open(t *testing.T, project string) e2etest.Tables {
	t.Helper()
	client := w.Client(t, project)
	must(t, warehouse.Ensure(t.Context(), client))
	return &tables{w.Server, client}
}

// tables are those of a project.
type tables struct {
	server bigquerytest.Server
	client *warehouse.Client
}

// Client implements e2etest.Tables.
func (b *tables) Client() query.Warehouse { return query.Warehouse{BigQuery: b.client} }

// Dialect implements e2etest.Tables.
func (b *tables) Dialect() e2etest.Dialect {
	return e2etest.Dialect{
		Changed: func(table, column, value string) string {
			return fmt.Sprintf("SELECT * REPLACE (%s AS %s) FROM %s", value, column, table)
		},
		Later: func(time, seconds string) string {
			return fmt.Sprintf("TIMESTAMP_ADD(%s, INTERVAL %s SECOND)", time, seconds)
		},
	}
}

// leadTo leads stages to the REST API and the Storage Write API at these addresses.
func leadTo(rest, write string) map[string]string {
	return map[string]string{"BIGQUERY_EMULATOR_HOST": rest, "BIGQUERY_STORAGE_EMULATOR_HOST": write}
}

// Settings implements e2etest.Tables.
func (b *tables) Settings() map[string]string { return leadTo(b.server.REST(), b.server.GRPC()) }

// Store implements e2etest.Tables.
func (b *tables) Store(_ *testing.T, election string) snapshot.Store {
	return stores.NewBigQuery(b.client, election, snapshot.Topics{Votes: "votes", Voters: "voters"})
}

// Appender implements e2etest.Tables.
func (b *tables) Appender(t *testing.T) ingest.Appender {
	cloud := b.server.Cloud(b.client.Project())
	appender := cloud.NewAppender()
	t.Cleanup(func() { _ = appender.Close() })
	return appender
}

// Aggregation implements e2etest.Tables.
func (b *tables) Aggregation(t *testing.T, e *election.Election, inPass func()) aggregate.Warehouse {
	t.Helper()
	if inPass == nil {
		return aggregate.NewBigQuery(b.client, e)
	}
	var queries atomic.Int32
	rest := b.before(t, func(w http.ResponseWriter, r *http.Request) (passOn bool) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/queries") && queries.Add(1) == 3 { // after the progress and the look
			inPass()
		}
		return true
	})
	client, err := endpoint.Cloud{Project: b.client.Project(), BigQuery: rest, BigQueryStorage: b.server.GRPC()}.NewBigQuery(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return aggregate.NewBigQuery(client, e)
}

// before starts a proxy of the REST API, and returns its address. handle may answer requests
// itself.
func (b *tables) before(t *testing.T, handle func(http.ResponseWriter, *http.Request) (passOn bool)) (address string) {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: b.server.REST()})
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if handle(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// FlowControl implements e2etest.Tables. It is a proxy of each API.
func (b *tables) FlowControl(t *testing.T) e2etest.FlowControl {
	t.Helper()
	conn, err := grpc.NewClient(b.server.GRPC(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	var rows, queries atomic.Int32
	injector := &faults.Injector{
		Choose: func(op faults.Op, _ int) faults.Fault {
			if op == faults.Append || op == faults.OpenStream {
				return []faults.Fault{faults.None, faults.Late, faults.Denied}[rows.Load()]
			}
			return faults.None
		},
		Hold: 20 * time.Millisecond,
	}
	injector.Start()
	server := grpc.NewServer(grpc.MaxRecvMsgSize(20 << 20))
	(&faults.Appender{In: injector, Upstream: storagepb.NewBigQueryWriteClient(conn)}).Register(server)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = server.Serve(listener) }() // ends with Stop
	t.Cleanup(server.Stop)
	rest := b.before(t, func(w http.ResponseWriter, _ *http.Request) (passOn bool) {
		if e2etest.Flow(queries.Load()) == e2etest.Open {
			return true
		}
		http.Error(w, `{"error":{"code":403,"message":"held up by a test","errors":[{"reason":"accessDenied"}]}}`, http.StatusForbidden)
		return false
	})
	return e2etest.FlowControl{
		Settings: leadTo(rest, listener.Addr().String()),
		Rows:     func(f e2etest.Flow) { rows.Store(int32(f)) },
		Queries:  func(f e2etest.Flow) { queries.Store(int32(f)) },
	}
}

// AddColumns implements e2etest.Tables: in turn by SQL, as a person does, and through the
// API, as Terraform does.
func (b *tables) AddColumns(t *testing.T, name func(warehouse.Table) string) {
	t.Helper()
	for i, table := range warehouse.Tables() {
		if i%2 == 0 {
			must(t, b.Client().Exec(t.Context(), "ALTER TABLE "+table.ID()+" ADD COLUMN "+name(table)+" STRING", nil))
			continue
		}
		to := b.client.Dataset(table.Dataset).Table(table.Name)
		have, err := to.Metadata(t.Context())
		must(t, err)
		schema := append(have.Schema, &bigquery.FieldSchema{Name: name(table), Type: bigquery.StringFieldType})
		_, err = to.Update(t.Context(), bigquery.TableMetadataToUpdate{Schema: schema}, "")
		must(t, err)
	}
}

// WithoutColumn implements e2etest.Tables.
func (b *tables) WithoutColumn(t *testing.T, table, column string) (restore func()) {
	t.Helper()
	must(t, b.Client().Exec(t.Context(), "ALTER TABLE "+table+" DROP COLUMN "+column, nil))
	return func() { must(t, warehouse.Ensure(t.Context(), b.client)) }
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
