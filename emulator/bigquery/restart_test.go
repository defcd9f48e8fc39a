package bigquery_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	bq "cloud.google.com/go/bigquery"
	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"cloud.google.com/go/bigquery/storage/managedwriter"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/bigquery"
)

// TestRestart closes an emulator with a directory and opens it again.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	first := startWith(t, bigquery.Options{Dir: dir})
	w := &writing{emulator: first, parent: managedwriter.TableParentFromParts(project, "ds", "t"), client: first.managedWriter(t)}
	w.table = first.table(t, first.dataset(t, "ds"), "t", nameSchema)
	w.md, w.self = descriptorOf(t, nameSchema)
	if _, err := w.append(t, w.stream(t, managedwriter.DefaultStream), -1, 1, 2); err != nil {
		t.Fatal(err)
	}
	committed := w.stream(t, managedwriter.CommittedStream)
	if _, err := w.append(t, committed, 0, 3); err != nil {
		t.Fatal(err)
	}
	p := policies{first, t}
	taxonomy := p.ask("POST", "v1/"+location+"/taxonomies", object{"displayName": "Data"}, http.StatusOK)["name"].(string)
	tag := p.tag(taxonomy, "High", nil)
	p.mask("hidden", tag, object{"predefinedExpression": "ALWAYS_NULL"}, "user:ann@x.org")
	if err := first.Server.Close(); err != nil {
		t.Fatal(err)
	}

	second := startWith(t, bigquery.Options{Dir: dir})
	p = policies{second, t}
	p.ask("GET", "v1/"+tag, nil, http.StatusOK)
	if got := p.ask("POST", "v1/"+location+"/dataPolicies/hidden:getIamPolicy", object{}, http.StatusOK); !strings.Contains(fmt.Sprint(got), "ann@x.org") {
		t.Errorf("the policy of a data policy after the restart: %v", got)
	}
	got := second.query(t, "SELECT id FROM ds.t ORDER BY id")
	if diff := cmp.Diff([][]bq.Value{{int64(1)}, {int64(2)}, {int64(3)}}, got); diff != "" {
		t.Errorf("rows after the restart (-want +got):\n%s", diff)
	}
	md, err := second.client.Dataset("ds").Table("t").Metadata(t.Context())
	if err != nil || len(md.Schema) != 2 || !md.Schema[0].Required || md.NumRows != 3 {
		t.Errorf("metadata after the restart: %+v, %v", md, err)
	}
	// A stream doesn't outlive the emulator: its offset can't be continued.
	_, err = second.managedWriter(t).GetWriteStream(t.Context(), &storagepb.GetWriteStreamRequest{Name: committed.StreamName()})
	if status.Code(err) != codes.NotFound {
		t.Errorf("GetWriteStream after the restart: %v, want NotFound", err)
	}
}

func TestAddressInUse(t *testing.T) {
	e := start(t)
	if s, err := bigquery.Start(t.Context(), bigquery.Options{RESTAddr: e.REST()}); err == nil {
		s.Close()
		t.Error("two emulators share an address")
	}
}

// TestDefaultValues adds rows that leave out a column with a default.
func TestDefaultValues(t *testing.T) {
	e := start(t)
	schema := bq.Schema{{Name: "id", Type: bq.IntegerFieldType}, {Name: "state", Type: bq.StringFieldType, DefaultValueExpression: "'new'"}}
	table := e.table(t, e.dataset(t, "ds"), "t", schema)
	url := projectURL + "/datasets/ds/tables/t/insertAll"
	code, body := e.call(t, "POST", url, object{"rows": []any{
		object{"json": object{"id": 1}}, object{"json": object{"id": 2, "state": "old"}}, object{"json": object{"id": 3, "state": nil}},
	}})
	if code != http.StatusOK || body["insertErrors"] != nil {
		t.Fatalf("insertAll = %d %v", code, body)
	}
	md, self := descriptorOf(t, schema[:1])
	appendOne := func(id int64, opts ...managedwriter.WriterOption) {
		t.Helper()
		opts = append(opts, managedwriter.WithDestinationTable(managedwriter.TableParentFromParts(project, "ds", "t")), managedwriter.WithSchemaDescriptor(self))
		s, err := e.managedWriter(t).NewManagedStream(t.Context(), opts...)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.AppendRows(t.Context(), serialize(t, md, map[string]any{"id": id}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.GetResult(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	appendOne(4)
	appendOne(5, managedwriter.WithDefaultMissingValueInterpretation(storagepb.AppendRowsRequest_DEFAULT_VALUE))
	want := [][]bq.Value{{int64(1), "new"}, {int64(2), "old"}, {int64(3), nil}, {int64(4), nil}, {int64(5), "new"}}
	got := e.query(t, "SELECT id, state FROM ds.t ORDER BY id")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows of %s (-want +got):\n%s", table.TableID, diff)
	}
}

// The emulator is for its own machine, unless somebody says otherwise.
func TestAnywhere(t *testing.T) {
	o := bigquery.Options{RESTAddr: "0.0.0.0:0"}
	s, err := bigquery.Start(t.Context(), o)
	if err == nil {
		s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1 only") {
		t.Errorf("at %s: %v, want a refusal", o.RESTAddr, err)
	}
	o.Anywhere = true
	e := startWith(t, o)
	if got := e.query(t, "SELECT 1"); got[0][0] != int64(1) {
		t.Errorf("got %v", got)
	}
}
