package bigquery_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	storage "cloud.google.com/go/bigquery/storage/apiv1"
	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hamba/avro/v2"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// storageOptions lead a client to the Storage APIs.
func (e *emulator) storageOptions() []option.ClientOption {
	return []option.ClientOption{
		option.WithEndpoint(e.GRPC()), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
	}
}

// reader returns a client of the Storage Read API.
func (e *emulator) reader(t testing.TB) *storage.BigQueryReadClient {
	t.Helper()
	c, err := storage.NewBigQueryReadClient(t.Context(), e.storageOptions()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// everyType has a column of each type, a row of values and one of NULLs.
const everyType = `CREATE TABLE ds.every (id INT64 NOT NULL, f FLOAT64, ok BOOL, s STRING, b BYTES, d DATE, c TIME, dt DATETIME, ts TIMESTAMP,
	n NUMERIC, bn BIGNUMERIC, j JSON, tags ARRAY<STRING>, place STRUCT<city STRING, codes ARRAY<INT64>>, items ARRAY<STRUCT<sku STRING, seen TIMESTAMP>>);
INSERT INTO ds.every VALUES
	(1, 0.5, TRUE, 'Zoë', b'\x00\xff', '1969-12-31', '23:59:59.999999', '2026-11-03T08:15:00.000001', '0001-01-01 00:00:00.000001+00', -0.000000001, 12345678901.5,
		JSON '{"a":[1,2]}', ['x', 'y'], ('Ulm', [7, 8]), [('s', TIMESTAMP '2026-11-03 08:00:00+00'), (NULL, NULL)]),
	(2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, [], NULL, [])`

// TestStorageReadClient reads the same rows with the REST API and, by the same client, with the Storage Read API.
func TestStorageReadClient(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	e.run(t, everyType)
	fast, err := bq.NewClient(t.Context(), project, option.WithEndpoint("http://"+e.REST()), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	defer fast.Close()
	if err := fast.EnableStorageReadClient(t.Context(), e.storageOptions()...); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"SELECT * FROM ds.every ORDER BY id", "SELECT * EXCEPT(id) FROM ds.every WHERE id = 1", "SELECT 1 AS a FROM ds.every WHERE FALSE"} {
		want := e.query(t, sql)
		job, err := fast.Query(sql).Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		it, err := job.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !it.IsAccelerated() {
			t.Errorf("%s: the client doesn't use the Storage Read API", sql)
		}
		sameRows(t, want, rows(t, it))
	}
	it := fast.Dataset("ds").Table("every").Read(t.Context())
	sameRows(t, e.query(t, "SELECT * FROM ds.every"), rows(t, it))
	if !it.IsAccelerated() {
		t.Error("the client doesn't use the Storage Read API for a table")
	}
}

func sameRows(t *testing.T, want, got [][]bq.Value) {
	t.Helper()
	compareRats := cmp.Comparer(func(a, b fmt.Stringer) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), compareRats); diff != "" {
		t.Error(diff)
	}
}

// session opens a session over ds.table.
func session(t testing.TB, c *storage.BigQueryReadClient, table string, streams int32, o *storagepb.ReadSession_TableReadOptions) *storagepb.ReadSession {
	t.Helper()
	s, err := c.CreateReadSession(t.Context(), sessionRequest(table, streams, o))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sessionRequest(table string, streams int32, o *storagepb.ReadSession_TableReadOptions) *storagepb.CreateReadSessionRequest {
	return &storagepb.CreateReadSessionRequest{
		Parent: "projects/" + project, MaxStreamCount: streams,
		ReadSession: &storagepb.ReadSession{Table: "projects/" + project + "/datasets/ds/tables/" + table, DataFormat: storagepb.DataFormat_AVRO, ReadOptions: o},
	}
}

// readStream reads a stream of a session, and counts its messages.
func readStream(ctx context.Context, t testing.TB, c *storage.BigQueryReadClient, s *storagepb.ReadSession, name string, offset int64) (out []map[string]any, messages int) {
	t.Helper()
	schema, err := avro.Parse(s.GetAvroSchema().GetSchema())
	if err != nil {
		t.Fatal(err)
	}
	stream, err := c.ReadRows(ctx, &storagepb.ReadRowsRequest{ReadStream: name, Offset: offset})
	if err != nil {
		t.Fatal(err)
	}
	progress := 0.0
	for {
		answer, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return out, messages
		}
		if err != nil {
			t.Fatal(err)
		}
		if messages++; (messages == 1) != (answer.GetAvroSchema() != nil) {
			t.Errorf("message %d: schema %v", messages, answer.GetAvroSchema())
		}
		if p := answer.GetStats().GetProgress(); messages > 1 && p.GetAtResponseStart() != progress || p.GetAtResponseEnd() <= p.GetAtResponseStart() {
			t.Errorf("message %d: progress %v behind %v", messages, p, progress)
		}
		progress = answer.GetStats().GetProgress().GetAtResponseEnd()
		d := avro.NewDecoderForSchema(schema, bytes.NewReader(answer.GetAvroRows().GetSerializedBinaryRows()))
		for range answer.GetRowCount() {
			var row map[string]any
			if err := d.Decode(&row); err != nil {
				t.Fatal(err)
			}
			out = append(out, row)
		}
	}
}

// TestStreams reads a table in several streams, from an offset, and after a split, while the table changes.
func TestStreams(t *testing.T) {
	const count = 45_000
	e := start(t)
	e.dataset(t, "ds")
	e.run(t, fmt.Sprintf("CREATE TABLE ds.n AS SELECT n, CONCAT('text ', CAST(n AS STRING)) AS s FROM UNNEST(GENERATE_ARRAY(0, %d)) AS n", count-1))
	c := e.reader(t)
	s := session(t, c, "n", 3, nil)
	if len(s.GetStreams()) != 3 || s.GetEstimatedRowCount() != count {
		t.Fatalf("%d streams, %d rows", len(s.GetStreams()), s.GetEstimatedRowCount())
	}
	e.run(t, "DELETE FROM ds.n WHERE TRUE")
	e.run(t, "DROP TABLE ds.n")
	var all []int64
	for _, stream := range s.GetStreams() {
		got, messages := readStream(t.Context(), t, c, s, stream.GetName(), 0)
		if messages < 2 {
			t.Errorf("%d rows came in %d messages", len(got), messages)
		}
		all = append(all, numbers(got)...)
	}
	slices.Sort(all)
	if !slices.Equal(all, series(0, count)) {
		t.Errorf("%d rows, from %v to %v", len(all), all[0], all[len(all)-1])
	}

	first := s.GetStreams()[0].GetName()
	whole, _ := readStream(t.Context(), t, c, s, first, 0)
	for _, offset := range []int{1, 4_321, len(whole) - 1, len(whole)} {
		if got, _ := readStream(t.Context(), t, c, s, first, int64(offset)); !slices.Equal(numbers(got), numbers(whole[offset:])) {
			t.Errorf("from offset %d: %d rows", offset, len(got))
		}
	}
	beyond(t, c, first, int64(len(whole)+1))

	last := s.GetStreams()[2].GetName()
	whole, _ = readStream(t.Context(), t, c, s, last, 0)
	split, err := c.SplitReadStream(t.Context(), &storagepb.SplitReadStreamRequest{Name: last, Fraction: 0.3})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := readStream(t.Context(), t, c, s, split.GetPrimaryStream().GetName(), 0)
	behind, _ := readStream(t.Context(), t, c, s, split.GetRemainderStream().GetName(), 0)
	if len(before) == 0 || len(behind) == 0 || !slices.Equal(numbers(append(before, behind...)), numbers(whole)) {
		t.Errorf("a split made %d and %d rows of %d", len(before), len(behind), len(whole))
	}
	if again, err := c.SplitReadStream(t.Context(), &storagepb.SplitReadStreamRequest{Name: split.GetPrimaryStream().GetName(), Fraction: 0.5}); err != nil || again.GetPrimaryStream() != nil {
		t.Errorf("a block was split: %v, %v", again, err)
	}
}

func numbers(rows []map[string]any) []int64 {
	out := make([]int64, len(rows))
	for i, r := range rows {
		out[i] = r["n"].(int64)
	}
	return out
}

// series is from, from+1, …, to-1.
func series(from, to int64) []int64 {
	out := make([]int64, to-from)
	for i := range out {
		out[i] = from + int64(i)
	}
	return out
}

// beyond reads from an offset that isn't there.
func beyond(t *testing.T, c *storage.BigQueryReadClient, name string, offset int64) {
	t.Helper()
	stream, err := c.ReadRows(t.Context(), &storagepb.ReadRowsRequest{ReadStream: name, Offset: offset})
	if err == nil {
		_, err = stream.Recv()
	}
	if want := fmt.Sprintf("offset %d has not been allocated yet", offset); status.Code(err) != codes.FailedPrecondition || !strings.Contains(err.Error(), want) {
		t.Errorf("an offset beyond the end: %v", err)
	}
}

// TestReadOptions has what is let through, chosen and refused.
func TestReadOptions(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	e.run(t, `CREATE TABLE ds.n AS SELECT n, MOD(n, 3) AS m, STRUCT(n * 2 AS twice, 'x' AS x) AS s FROM UNNEST(GENERATE_ARRAY(0, 9)) AS n;
		CREATE VIEW ds.v AS SELECT 1 AS n; CREATE TABLE ds.empty (n INT64);
		CREATE TABLE ds.filtered (day DATE, n INT64) PARTITION BY day OPTIONS (require_partition_filter = TRUE); INSERT INTO ds.filtered VALUES ('2026-11-03', 1)`)
	c := e.reader(t)
	s := session(t, c, "n", 0, &storagepb.ReadSession_TableReadOptions{SelectedFields: []string{"s.twice", "n"}, RowRestriction: "m = 1 AND n > 1 -- two"})
	got, _ := readStream(t.Context(), t, c, s, s.GetStreams()[0].GetName(), 0)
	if want := `[map[n:4 s:map[__s_0:map[twice:8]]] map[n:7 s:map[__s_0:map[twice:14]]]]`; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if s := session(t, c, "empty", 0, nil); len(s.GetStreams()) != 0 {
		t.Errorf("an empty table has %d streams", len(s.GetStreams()))
	}
	none := session(t, c, "n", 0, &storagepb.ReadSession_TableReadOptions{RowRestriction: "n > 100"})
	if got, messages := readStream(t.Context(), t, c, none, none.GetStreams()[0].GetName(), 0); len(got)+messages != 0 {
		t.Errorf("%v in %d messages", got, messages)
	}
	if s := session(t, c, "filtered", 0, &storagepb.ReadSession_TableReadOptions{RowRestriction: "day = '2026-11-03'"}); s.GetEstimatedRowCount() != 1 {
		t.Errorf("a partition: %v", s)
	}
	for _, r := range []struct {
		table, restriction string
		fields             []string
		code               codes.Code
		message            string
	}{
		{"nope", "", nil, codes.NotFound, "Not found: Table " + project + ":ds.nope"},
		{"v", "", nil, codes.InvalidArgument, "non-table entities cannot be read with the storage API"},
		{"n", "", []string{"n", "nope"}, codes.InvalidArgument, "The following selected fields do not exist in the table schema: nope"},
		{"n", "nope = 1", nil, codes.InvalidArgument, "Row filter for table " + project + ":ds.n is invalid. Filter is 'nope = 1'"},
		{"n", "n IN (SELECT 1 FROM ds.empty)", nil, codes.InvalidArgument, "Row filter for table " + project + ":ds.n is invalid"},
		{"filtered", "", nil, codes.InvalidArgument, "Query error: Cannot query over table"},
	} {
		_, err := c.CreateReadSession(t.Context(), sessionRequest(r.table, 1, &storagepb.ReadSession_TableReadOptions{RowRestriction: r.restriction, SelectedFields: r.fields}))
		if status.Code(err) != r.code || !strings.Contains(err.Error(), r.message) {
			t.Errorf("%s %s %v: got %v, want %s: %s", r.table, r.restriction, r.fields, err, r.code, r.message)
		}
	}
}

// TestSnapshotTime reads a table as it is and as it was, by the time.
func TestSnapshotTime(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	e.run(t, "CREATE TABLE ds.n AS SELECT 1 AS n")
	before := e.query(t, "SELECT CURRENT_TIMESTAMP()")[0][0].(time.Time)
	for e.query(t, "SELECT CURRENT_TIMESTAMP()")[0][0].(time.Time).Sub(before) < 5*time.Millisecond { // a table's time is in ms
	}
	c := e.reader(t)
	at := func(when time.Time) (*storagepb.ReadSession, error) {
		r := sessionRequest("n", 1, nil)
		r.ReadSession.TableModifiers = &storagepb.ReadSession_TableModifiers{SnapshotTime: timestamppb.New(when)}
		return c.CreateReadSession(t.Context(), r)
	}
	unchanged := e.query(t, "SELECT CURRENT_TIMESTAMP()")[0][0].(time.Time)
	s, err := at(unchanged)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := readStream(t.Context(), t, c, s, s.GetStreams()[0].GetName(), 0); !slices.Equal(numbers(got), []int64{1}) {
		t.Errorf("got %v", got)
	}
	e.run(t, "INSERT INTO ds.n VALUES (2)")
	if s, err := at(unchanged); err != nil {
		t.Errorf("a time before the last change: %v", err)
	} else {
		if got, _ := readStream(t.Context(), t, c, s, s.GetStreams()[0].GetName(), 0); !slices.Equal(numbers(got), []int64{1}) {
			t.Errorf("as of a time before the last change: %v", got)
		}
	}
	if _, err := at(time.Now().Add(time.Hour)); status.Code(err) != codes.InvalidArgument {
		t.Errorf("a time to come: %v", err)
	}
}
