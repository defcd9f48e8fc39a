package bigquery_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iterator"
)

// wantAPIError checks an error's HTTP status and reason.
func wantAPIError(t *testing.T, err error, code int, reason string) {
	t.Helper()
	var e *googleapi.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want one of the API with status %d", err, code)
	}
	if e.Code != code || len(e.Errors) != 1 || e.Errors[0].Reason != reason {
		t.Errorf("error %d %v (%s), want %d with reason %s", e.Code, e.Errors, e.Message, code, reason)
	}
}

func TestDatasets(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	d := e.client.Dataset("one")
	if err := d.Create(ctx, &bq.DatasetMetadata{Location: "US", Description: "first", Labels: map[string]string{"a": "1", "b": "2"}}); err != nil {
		t.Fatal(err)
	}
	wantAPIError(t, d.Create(ctx, nil), http.StatusConflict, "duplicate")
	md, err := d.Metadata(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if md.FullID != project+":one" || md.Description != "first" || md.ETag == "" || md.CreationTime.IsZero() || len(md.Access) == 0 {
		t.Errorf("metadata %+v", md)
	}
	var update bq.DatasetMetadataToUpdate
	update.Description = "changed"
	update.DeleteLabel("a")
	update.SetLabel("c", "3")
	changed, err := d.Update(ctx, update, md.ETag)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"b": "2", "c": "3"}, changed.Labels); diff != "" || changed.Description != "changed" {
		t.Errorf("description %q, labels (-want +got):\n%s", changed.Description, diff)
	}
	_, err = d.Update(ctx, update, md.ETag)
	wantAPIError(t, err, http.StatusPreconditionFailed, "conditionNotMet")

	e.dataset(t, "two")
	var ids []string
	it := e.client.Datasets(ctx)
	it.PageInfo().MaxSize = 1
	for {
		d, err := it.Next()
		if errors.Is(err, iterator.Done) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, d.DatasetID)
	}
	if diff := cmp.Diff([]string{"one", "two"}, ids); diff != "" {
		t.Errorf("datasets (-want +got):\n%s", diff)
	}
	e.table(t, d, "t", nameSchema)
	wantAPIError(t, d.Delete(ctx), http.StatusBadRequest, "resourceInUse")
	if err := d.DeleteWithContents(ctx); err != nil {
		t.Fatal(err)
	}
	_, err = d.Metadata(ctx)
	wantAPIError(t, err, http.StatusNotFound, "notFound")
}

func TestTables(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	d := e.dataset(t, "ds")
	table := d.Table("t")
	want := &bq.TableMetadata{
		Description:            "votes",
		Schema:                 bq.Schema{{Name: "at", Type: bq.TimestampFieldType, Required: true, Description: "when"}, {Name: "id", Type: bq.StringFieldType}},
		TimePartitioning:       &bq.TimePartitioning{Type: bq.HourPartitioningType, Field: "at", Expiration: time.Hour},
		Clustering:             &bq.Clustering{Fields: []string{"id"}},
		RequirePartitionFilter: true,
		Labels:                 map[string]string{"stage": "raw"},
	}
	if err := table.Create(ctx, want); err != nil {
		t.Fatal(err)
	}
	wantAPIError(t, table.Create(ctx, want), http.StatusConflict, "duplicate")
	got, err := table.Metadata(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(bq.TableMetadata{}, "FullID", "Type", "CreationTime", "LastModifiedTime", "ETag", "Location")); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	if got.Type != bq.RegularTable || got.FullID != project+":ds.t" || got.ETag == "" {
		t.Errorf("type %s, id %s, etag %q", got.Type, got.FullID, got.ETag)
	}
	update := bq.TableMetadataToUpdate{Description: "all votes", Schema: append(want.Schema, &bq.FieldSchema{Name: "more", Type: bq.JSONFieldType})}
	changed, err := table.Update(ctx, update, got.ETag)
	if err != nil {
		t.Fatal(err)
	}
	if changed.Description != "all votes" || len(changed.Schema) != 3 || changed.TimePartitioning == nil || changed.ETag == got.ETag {
		t.Errorf("after the update: %+v", changed)
	}
	_, err = table.Update(ctx, update, got.ETag)
	wantAPIError(t, err, http.StatusPreconditionFailed, "conditionNotMet")
	if err := table.Delete(ctx); err != nil {
		t.Fatal(err)
	}
	_, err = table.Metadata(ctx)
	wantAPIError(t, err, http.StatusNotFound, "notFound")
	_, err = e.client.Dataset("nowhere").Table("t").Metadata(ctx)
	wantAPIError(t, err, http.StatusNotFound, "notFound")
}

// visitor is a row of nameSchema.
type visitor struct {
	ID   int64 `bigquery:"id"`
	Name bq.NullString
}

// nameRow is a row of nameSchema to insert.
func nameRow(insertID string, values ...bq.Value) *bq.ValuesSaver {
	return &bq.ValuesSaver{Schema: nameSchema, InsertID: insertID, Row: values}
}

// A row is inserted once, however often a client sends its id.
func TestInsertAll(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	table := e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	ins := table.Inserter()
	if err := ins.Put(ctx, []*bq.ValuesSaver{nameRow("a", int64(1), "x"), nameRow("b", int64(2), nil), nameRow("a", int64(1), "x")}); err != nil {
		t.Fatal(err)
	}
	if err := ins.Put(ctx, nameRow("b", int64(2), nil)); err != nil { // repeated by a client
		t.Fatal(err)
	}
	want := [][]bq.Value{{int64(1), "x"}, {int64(2), nil}}
	if diff := cmp.Diff(want, rows(t, table.Read(ctx))); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if err := ins.Put(ctx, &visitor{ID: 3}); err != nil {
		t.Fatal(err)
	}
	if n := len(rows(t, table.Read(ctx))); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
	wantAPIError(t, e.client.Dataset("ds").Table("gone").Inserter().Put(ctx, nameRow("", int64(1), nil)), http.StatusNotFound, "notFound")
}

// A row that doesn't fit keeps the others of its request out, unless SkipInvalidRows is set.
func TestInsertAllOfInvalidRows(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	table := e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	ins := table.Inserter()
	bad := []*bq.ValuesSaver{nameRow("c", int64(4), "y"), nameRow("d", nil, "no id")}
	var multi bq.PutMultiError
	if err := ins.Put(ctx, bad); !errors.As(err, &multi) || len(multi) != 2 {
		t.Fatalf("Put = %v, want errors of two rows", err)
	}
	reasons := map[int]string{}
	for _, e := range multi {
		reasons[e.RowIndex] = e.Errors[0].(*bq.Error).Reason
	}
	if diff := cmp.Diff(map[int]string{0: "stopped", 1: "invalid"}, reasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	ins.SkipInvalidRows = true
	if err := ins.Put(ctx, bad); !errors.As(err, &multi) || len(multi) != 1 || multi[0].RowIndex != 1 {
		t.Fatalf("Put with SkipInvalidRows = %v, want an error of row 1", err)
	}
	if n := len(rows(t, table.Read(ctx))); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestOptionsOfInsertAll(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	table := e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	unknown := &bq.StructSaver{Struct: struct{ ID, More int64 }{5, 6}, Schema: bq.Schema{{Name: "ID", Type: bq.IntegerFieldType}, {Name: "More", Type: bq.IntegerFieldType}}}
	strict := table.Inserter()
	var multi bq.PutMultiError
	if err := strict.Put(ctx, unknown); !errors.As(err, &multi) {
		t.Errorf("Put of an unknown field = %v, want a row error", err)
	}
	strict.IgnoreUnknownValues = true
	if err := strict.Put(ctx, unknown); err != nil {
		t.Error(err)
	}
	templated := table.Inserter()
	templated.TableTemplateSuffix = "_2026"
	if err := templated.Put(ctx, nameRow("", int64(9), "z")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]bq.Value{{int64(9), "z"}}, rows(t, e.client.Dataset("ds").Table("t_2026").Read(ctx))); diff != "" {
		t.Errorf("rows of the table made from the template (-want +got):\n%s", diff)
	}
}

func TestTablePages(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	table := e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	var save []*bq.ValuesSaver
	for i := range int64(25) {
		save = append(save, &bq.ValuesSaver{Schema: nameSchema, Row: []bq.Value{i, "x"}})
	}
	if err := table.Inserter().Put(ctx, save); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		page        int
		start       uint64
		first, want int64
	}{{7, 0, 0, 25}, {25, 0, 0, 25}, {10, 20, 20, 5}, {10, 30, 0, 0}} {
		it := table.Read(ctx)
		it.PageInfo().MaxSize = tt.page
		it.StartIndex = tt.start
		got := rows(t, it)
		if int64(len(got)) != tt.want || tt.want > 0 && got[0][0] != tt.first {
			t.Errorf("pages of %d from %d: %d rows, want %d", tt.page, tt.start, len(got), tt.want)
		}
		if it.TotalRows != 25 {
			t.Errorf("TotalRows = %d, want 25", it.TotalRows)
		}
	}
}
