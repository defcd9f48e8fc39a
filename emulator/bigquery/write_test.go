package bigquery_test

import (
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"cloud.google.com/go/bigquery/storage/managedwriter"
	"cloud.google.com/go/bigquery/storage/managedwriter/adapt"
	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// descriptorOf makes the message type that the client's own tools derive from a
// table's schema.
func descriptorOf(t testing.TB, schema bq.Schema) (protoreflect.MessageDescriptor, *descriptorpb.DescriptorProto) {
	t.Helper()
	storage, err := adapt.BQSchemaToStorageTableSchema(schema)
	if err != nil {
		t.Fatal(err)
	}
	d, err := adapt.StorageSchemaToProto2Descriptor(storage, "root")
	if err != nil {
		t.Fatal(err)
	}
	md := d.(protoreflect.MessageDescriptor)
	self, err := adapt.NormalizeDescriptor(md)
	if err != nil {
		t.Fatal(err)
	}
	return md, self
}

// message fills a message from values by field name.
func message(md protoreflect.MessageDescriptor, values map[string]any) *dynamicpb.Message {
	m := dynamicpb.NewMessage(md)
	for name, v := range values {
		fd := md.Fields().ByName(protoreflect.Name(name))
		switch x := v.(type) {
		case map[string]any:
			m.Set(fd, protoreflect.ValueOfMessage(message(fd.Message(), x)))
		case []any:
			list := m.Mutable(fd).List()
			for _, e := range x {
				if sub, ok := e.(map[string]any); ok {
					list.Append(protoreflect.ValueOfMessage(message(fd.Message(), sub)))
				} else {
					list.Append(protoreflect.ValueOf(e))
				}
			}
		default:
			m.Set(fd, protoreflect.ValueOf(v))
		}
	}
	return m
}

func serialize(t testing.TB, md protoreflect.MessageDescriptor, values ...map[string]any) [][]byte {
	t.Helper()
	var out [][]byte
	for _, v := range values {
		b, err := proto.Marshal(message(md, v))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func TestDefaultStreamOfEveryType(t *testing.T) {
	e := start(t)
	d := e.dataset(t, "ds")
	schema := bq.Schema{
		{Name: "id", Type: bq.IntegerFieldType, Required: true},
		{Name: "name", Type: bq.StringFieldType},
		{Name: "blob", Type: bq.BytesFieldType},
		{Name: "score", Type: bq.FloatFieldType},
		{Name: "ok", Type: bq.BooleanFieldType},
		{Name: "at", Type: bq.TimestampFieldType},
		{Name: "day", Type: bq.DateFieldType},
		{Name: "clock", Type: bq.TimeFieldType},
		{Name: "local", Type: bq.DateTimeFieldType},
		{Name: "price", Type: bq.NumericFieldType},
		{Name: "doc", Type: bq.JSONFieldType},
		{Name: "tags", Type: bq.StringFieldType, Repeated: true},
		{Name: "place", Type: bq.RecordFieldType, Schema: bq.Schema{
			{Name: "city", Type: bq.StringFieldType}, {Name: "zip", Type: bq.IntegerFieldType},
		}},
		{Name: "items", Type: bq.RecordFieldType, Repeated: true, Schema: bq.Schema{
			{Name: "sku", Type: bq.StringFieldType}, {Name: "n", Type: bq.IntegerFieldType, Repeated: true},
		}},
	}
	table := e.table(t, d, "t", schema)
	md, self := descriptorOf(t, schema)
	ctx := within(t, 20*time.Second)
	stream, err := e.managedWriter(t).NewManagedStream(ctx,
		managedwriter.WithDestinationTable(managedwriter.TableParentFromParts(project, "ds", "t")),
		managedwriter.WithType(managedwriter.DefaultStream), managedwriter.WithSchemaDescriptor(self))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 3, 8, 30, 0, 123456000, time.UTC)
	packedTime := int64(13)<<32 | int64(4)<<26 | int64(5)<<20 | 600
	packedDate := int64(2026)<<46 | int64(2)<<42 | int64(28)<<37
	result, err := stream.AppendRows(ctx, serialize(t, md,
		map[string]any{
			"id": int64(1), "name": "Zoë", "blob": []byte{0, 255}, "score": 1.5, "ok": true, "at": at.UnixMicro(), "day": int32(20760),
			"clock": packedTime, "local": packedDate | packedTime,
			"price": []byte{0x00, 0xca, 0x9a, 0x3b}, // 1e9 of 1e-9
			"doc":   `{"a": 1}`, "tags": []any{"x", "y"},
			"place": map[string]any{"city": "Bern", "zip": int64(3000)},
			"items": []any{map[string]any{"sku": "s", "n": []any{int64(1), int64(2)}}},
		},
		map[string]any{"id": int64(2)},
	))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := result.GetResult(ctx); err != nil {
		t.Fatal(err)
	}
	clock := civil.Time{Hour: 13, Minute: 4, Second: 5, Nanosecond: 600_000}
	want := [][]bq.Value{
		{
			int64(1), "Zoë", []byte{0, 255}, 1.5, true, at, civil.Date{Year: 2026, Month: 11, Day: 3}, clock,
			civil.DateTime{Date: civil.Date{Year: 2026, Month: 2, Day: 28}, Time: clock}, "1", `{"a":1}`,
			[]bq.Value{"x", "y"}, []bq.Value{"Bern", int64(3000)},
			[]bq.Value{[]bq.Value{"s", []bq.Value{int64(1), int64(2)}}},
		},
		{int64(2), nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, []bq.Value(nil), nil, []bq.Value(nil)},
	}
	got := rows(t, table.Read(ctx))
	for _, row := range got {
		if r, ok := row[9].(interface{ RatString() string }); ok {
			row[9] = r.RatString()
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
