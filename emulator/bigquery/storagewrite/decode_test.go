package storagewrite

import (
	"math"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

const (
	optional = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL
	repeated = descriptorpb.FieldDescriptorProto_LABEL_REPEATED
)

// one makes a descriptor with the single field x = 1.
func one(typ descriptorpb.FieldDescriptorProto_Type, label descriptorpb.FieldDescriptorProto_Label, typeName string, nested ...*descriptorpb.DescriptorProto) *descriptorpb.DescriptorProto {
	f := &descriptorpb.FieldDescriptorProto{Name: proto.String("x"), Number: proto.Int32(1), Type: typ.Enum(), Label: label.Enum()}
	if typeName != "" {
		f.TypeName = proto.String(typeName)
	}
	return &descriptorpb.DescriptorProto{Name: proto.String("Row"), Field: []*descriptorpb.FieldDescriptorProto{f}, NestedType: nested}
}

// column makes a table with the single column x.
func column(t *testing.T, typ, mode string, fields ...*bqv2.TableFieldSchema) []types.Field {
	t.Helper()
	out, err := types.FromSchema([]*bqv2.TableFieldSchema{{Name: "X", Type: typ, Mode: mode, Fields: fields}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func varint(v uint64) []byte { return protowire.AppendVarint([]byte{1 << 3}, v) }
func text(s string) []byte   { return protowire.AppendString([]byte{1<<3 | 2}, s) }
func fixed64(v uint64) []byte {
	return protowire.AppendFixed64([]byte{1<<3 | 1}, v)
}
func fixed32(v uint32) []byte {
	return protowire.AppendFixed32([]byte{1<<3 | 5}, v)
}

// failing is the value wanted of a message that must be refused.
type failing struct{}

func TestDecode(t *testing.T) {
	at := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
	enum := &descriptorpb.EnumDescriptorProto{Name: proto.String("Kind"), Value: []*descriptorpb.EnumValueDescriptorProto{
		{Name: proto.String("A"), Number: proto.Int32(0)}, {Name: proto.String("B"), Number: proto.Int32(1)},
	}}
	withEnum := one(pbEnum, optional, ".pkg.Row.Kind")
	withEnum.EnumType = []*descriptorpb.EnumDescriptorProto{enum}
	pair := &descriptorpb.DescriptorProto{Name: proto.String("Pair"), Field: []*descriptorpb.FieldDescriptorProto{
		{Name: proto.String("b"), Number: proto.Int32(300), Type: pbString.Enum(), Label: optional.Enum()},
	}}
	pairFields := []*bqv2.TableFieldSchema{{Name: "a", Type: "INTEGER"}, {Name: "b", Type: "STRING"}}
	pairBody := protowire.AppendString(protowire.AppendTag(nil, 300, protowire.BytesType), "z")
	withDefault := one(pbInt64, optional, "")
	withDefault.Field[0].DefaultValue = proto.String("7")

	tests := []struct {
		name  string
		desc  *descriptorpb.DescriptorProto
		table []types.Field
		msg   []byte
		want  any
	}{
		{"int64", one(pbInt64, optional, ""), column(t, "INTEGER", ""), varint(math.MaxUint64), int64(-1)},
		{"int32", one(pbInt32, optional, ""), column(t, "INTEGER", ""), varint(math.MaxUint64), int64(-1)},
		{"uint32", one(pbUint32, optional, ""), column(t, "INTEGER", ""), varint(math.MaxUint32), int64(math.MaxUint32)},
		{"sint64", one(pbSint64, optional, ""), column(t, "INTEGER", ""), varint(3), int64(-2)},
		{"sfixed64", one(pbSfixed64, optional, ""), column(t, "INTEGER", ""), fixed64(math.MaxUint64), int64(-1)},
		{"fixed32", one(pbFixed32, optional, ""), column(t, "INTEGER", ""), fixed32(5), int64(5)},
		{"double", one(pbDouble, optional, ""), column(t, "FLOAT", ""), fixed64(math.Float64bits(2.5)), 2.5},
		{"float", one(pbFloat, optional, ""), column(t, "FLOAT", ""), fixed32(math.Float32bits(2.5)), 2.5},
		{"bool", one(pbBool, optional, ""), column(t, "BOOLEAN", ""), varint(1), true},
		{"bool of int", one(pbInt32, optional, ""), column(t, "BOOLEAN", ""), varint(0), false},
		{"string", one(pbString, optional, ""), column(t, "STRING", ""), text("é"), "é"},
		{"string of no UTF-8", one(pbString, optional, ""), column(t, "STRING", ""), text("\xff"), failing{}},
		{"bytes of string", one(pbString, optional, ""), column(t, "BYTES", ""), text("\xff"), []byte{0xff}},
		{"enum", withEnum, column(t, "STRING", ""), varint(1), "B"},
		{"number of an enum", withEnum, column(t, "INTEGER", ""), varint(1), int64(1)},
		{"unknown enum", withEnum, column(t, "STRING", ""), varint(9), failing{}},
		{"date", one(pbInt32, optional, ""), column(t, "DATE", ""), varint(20760), civil.Date{Year: 2026, Month: 11, Day: 3}},
		{"first date", one(pbInt32, optional, ""), column(t, "DATE", ""), varint(uint64(1<<64 - 719162)), civil.Date{Year: 1, Month: 1, Day: 1}},
		{"date before the first", one(pbInt32, optional, ""), column(t, "DATE", ""), varint(uint64(1<<64 - 719163)), failing{}},
		{"date of string", one(pbString, optional, ""), column(t, "DATE", ""), text("2026-11-03"), civil.Date{Year: 2026, Month: 11, Day: 3}},
		{"timestamp", one(pbInt64, optional, ""), column(t, "TIMESTAMP", ""), varint(uint64(at.UnixMicro())), at},
		{"timestamp out of range", one(pbInt64, optional, ""), column(t, "TIMESTAMP", ""), varint(math.MaxInt64), failing{}},
		{"timestamp of message", one(pbMessage, optional, ".google.protobuf.Timestamp"), column(t, "TIMESTAMP", ""),
			protowire.AppendBytes([]byte{1<<3 | 2}, varint(uint64(at.Unix()))), at},
		{"datetime of string", one(pbString, optional, ""), column(t, "DATETIME", ""), text("2026-11-03 08:00:00"),
			civil.DateTime{Date: civil.Date{Year: 2026, Month: 11, Day: 3}, Time: civil.Time{Hour: 8}}},
		{"packed datetime", one(pbInt64, optional, ""), column(t, "DATETIME", ""), varint(2026<<46 | 11<<42 | 3<<37 | 8<<32),
			civil.DateTime{Date: civil.Date{Year: 2026, Month: 11, Day: 3}, Time: civil.Time{Hour: 8}}},
		{"packed datetime of month 13", one(pbInt64, optional, ""), column(t, "DATETIME", ""), varint(2026<<46 | 13<<42 | 3<<37), failing{}},
		{"packed time of hour 25", one(pbInt64, optional, ""), column(t, "TIME", ""), varint(25 << 32), failing{}},
		{"numeric of string", one(pbString, optional, ""), column(t, "NUMERIC", ""), text("1.50"), "1.5"},
		{"numeric of int", one(pbInt64, optional, ""), column(t, "NUMERIC", ""), varint(12), "12"},
		{"numeric of uint64", one(pbUint64, optional, ""), column(t, "NUMERIC", ""), varint(math.MaxUint64), "18446744073709551615"},
		{"numeric of double", one(pbDouble, optional, ""), column(t, "NUMERIC", ""), fixed64(math.Float64bits(0.25)), "0.25"},
		{"numeric of bytes", one(pbBytes, optional, ""), column(t, "NUMERIC", ""), text("\x00\xca\x9a\x3b"), "1"},
		{"JSON", one(pbString, optional, ""), column(t, "JSON", ""), text(`{"b": 1, "a": 2}`), `{"a":2,"b":1}`},
		{"no JSON", one(pbString, optional, ""), column(t, "JSON", ""), text(`{`), failing{}},
		{"wrapper", one(pbMessage, optional, ".google.protobuf.Int64Value"), column(t, "INTEGER", ""), protowire.AppendBytes([]byte{1<<3 | 2}, varint(3)), int64(3)},
		{"wrapper of zero", one(pbMessage, optional, ".google.protobuf.StringValue"), column(t, "STRING", ""), text(""), ""},
		{"absent", one(pbInt64, optional, ""), column(t, "INTEGER", ""), nil, nil},
		{"default of the descriptor", withDefault, column(t, "INTEGER", ""), nil, int64(7)},
		{"required", one(pbInt64, optional, ""), column(t, "INTEGER", "REQUIRED"), nil, failing{}},
		{"last of several", one(pbInt64, optional, ""), column(t, "INTEGER", ""), append(varint(1), varint(2)...), int64(2)},
		{"repeated", one(pbInt64, repeated, ""), column(t, "INTEGER", "REPEATED"), append(varint(1), varint(2)...), []any{int64(1), int64(2)}},
		{"packed", one(pbInt64, repeated, ""), column(t, "INTEGER", "REPEATED"), text("\x01\x02"), []any{int64(1), int64(2)}},
		{"packed doubles", one(pbDouble, repeated, ""), column(t, "FLOAT", "REPEATED"), text("\x00\x00\x00\x00\x00\x00\xf0\x3f"), []any{1.0}},
		{"no elements", one(pbInt64, repeated, ""), column(t, "INTEGER", "REPEATED"), nil, []any{}},
		{"message", one(pbMessage, optional, ".pkg.Row.Pair", pair), column(t, "RECORD", "", pairFields...),
			protowire.AppendBytes([]byte{1<<3 | 2}, pairBody), []any{nil, "z"}},
		{"messages", one(pbMessage, repeated, "Pair", pair), column(t, "RECORD", "REPEATED", pairFields...),
			append(protowire.AppendBytes([]byte{1<<3 | 2}, pairBody), 1<<3|2, 0), []any{[]any{nil, "z"}, []any{nil, nil}}},
		{"group", one(pbGroup, optional, "Row.Pair", pair), column(t, "RECORD", "", pairFields...),
			append(append([]byte{1<<3 | 3}, pairBody...), 1<<3|4), []any{nil, "z"}},
		{"cut off", one(pbInt64, optional, ""), column(t, "INTEGER", ""), []byte{1 << 3}, failing{}},
		{"wrong wire type", one(pbInt64, optional, ""), column(t, "INTEGER", ""), fixed32(1), failing{}},
		{"text for a number", one(pbInt64, optional, ""), column(t, "INTEGER", ""), text("x"), failing{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, failure := compile(tt.desc, tt.table, "entity")
			if failure != nil {
				t.Fatal(failure.Err())
			}
			row := make([]any, p.width)
			err := p.decodeRow(tt.msg, row)
			if _, ok := tt.want.(failing); ok {
				if err == nil {
					t.Errorf("decodeRow = %v, want an error", row)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]any{tt.want}, row); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnknownFieldsAreSkipped(t *testing.T) {
	p, failure := compile(one(pbInt64, optional, ""), column(t, "INTEGER", ""), "entity")
	if failure != nil {
		t.Fatal(failure.Err())
	}
	msg := protowire.AppendString(protowire.AppendTag(nil, 1000, protowire.BytesType), "more")
	row := make([]any, 1)
	if err := p.decodeRow(append(msg, varint(4)...), row); err != nil || row[0] != int64(4) {
		t.Errorf("decodeRow = %v, %v; want 4", row, err)
	}
}

func TestCompileRefuses(t *testing.T) {
	named := one(pbInt64, optional, "")
	named.Field[0].Options = &descriptorpb.FieldOptions{}
	proto.SetExtension(named.Field[0].Options, storagepb.E_ColumnName, "other")
	tests := []struct {
		name  string
		desc  *descriptorpb.DescriptorProto
		table []types.Field
		want  string
	}{
		{"another type", one(pbString, optional, ""), column(t, "INTEGER", ""), "proto field type string, BigQuery field type INTEGER"},
		{"an unsigned integer", one(pbUint64, optional, ""), column(t, "INTEGER", ""), "proto field type uint64"},
		{"a scalar for a struct", one(pbString, optional, ""), column(t, "RECORD", ""), "BigQuery field type RECORD"},
		{"a message for a scalar", one(pbMessage, optional, "Pair"), column(t, "STRING", ""), "proto field type message"},
		{"a type that is not there", one(pbMessage, optional, ".pkg.Pair"), column(t, "RECORD", ""), "not self-contained"},
		{"another mode", one(pbInt64, optional, ""), column(t, "INTEGER", "REPEATED"), "REPEATED"},
		{"another column", named, column(t, "INTEGER", ""), "'other'"},
	}
	for _, tt := range tests {
		if _, failure := compile(tt.desc, tt.table, "entity"); failure == nil || !strings.Contains(failure.Message(), tt.want) {
			t.Errorf("%s: %v, want an error with %q", tt.name, failure, tt.want)
		}
	}
}

// FuzzDecode looks for rows that crash the decoder, or that it reads into
// values of other types than the columns'.
func FuzzDecode(f *testing.F) {
	schema := []*bqv2.TableFieldSchema{
		{Name: "a", Type: "INTEGER"}, {Name: "b", Type: "STRING", Mode: "REPEATED"}, {Name: "c", Type: "TIMESTAMP"},
		{Name: "d", Type: "RECORD", Mode: "REPEATED", Fields: []*bqv2.TableFieldSchema{{Name: "a", Type: "DATE"}, {Name: "b", Type: "NUMERIC", Mode: "REPEATED"}}},
	}
	table, err := types.FromSchema(schema)
	if err != nil {
		f.Fatal(err)
	}
	field := func(name string, n int32, typ descriptorpb.FieldDescriptorProto_Type, label descriptorpb.FieldDescriptorProto_Label, typeName string) *descriptorpb.FieldDescriptorProto {
		return &descriptorpb.FieldDescriptorProto{Name: &name, Number: &n, Type: typ.Enum(), Label: label.Enum(), TypeName: &typeName}
	}
	desc := &descriptorpb.DescriptorProto{Name: proto.String("Row"),
		Field: []*descriptorpb.FieldDescriptorProto{
			field("a", 1, pbInt64, optional, ""), field("b", 2, pbString, repeated, ""),
			field("c", 3, pbMessage, optional, ".google.protobuf.Timestamp"), field("d", 4, pbGroup, repeated, "D"),
		},
		NestedType: []*descriptorpb.DescriptorProto{{Name: proto.String("D"), Field: []*descriptorpb.FieldDescriptorProto{
			field("a", 1, pbSint32, optional, ""), field("b", 2, pbBytes, repeated, ""),
		}}},
	}
	p, failure := compile(desc, table, "entity")
	if failure != nil {
		f.Fatal(failure.Err())
	}
	f.Add([]byte{})
	f.Add(append(varint(1), 2<<3|2, 1, 'x', 3<<3|2, 2, 1<<3, 5, 4<<3|3, 1<<3, 2, 2<<3|2, 1, 9, 4<<3|4))
	f.Add([]byte{4<<3 | 3, 4<<3 | 3})
	f.Fuzz(func(t *testing.T, msg []byte) {
		row := make([]any, p.width)
		if err := p.decodeRow(msg, row); err != nil {
			return
		}
		if _, ok := row[0].(int64); !ok && row[0] != nil {
			t.Errorf("column a has a %T", row[0])
		}
		for _, b := range row[1].([]any) {
			if _, ok := b.(string); !ok {
				t.Errorf("column b has a %T", b)
			}
		}
		for _, d := range row[3].([]any) {
			if sub := d.([]any); len(sub) != 2 {
				t.Errorf("column d has %d fields", len(sub))
			}
		}
	})
}

// Every type of column says what it takes.
func TestEveryTypeIsAccepted(t *testing.T) {
	for _, kind := range types.Kinds() {
		if kind != types.Array && kind != types.Struct && kind != types.Range && len(accepted[kind]) == 0 {
			t.Errorf("no type of protocol buffers goes into a column of type %s", kind)
		}
		if kind != types.Array && storageTypes[kind] == 0 {
			t.Errorf("%s has no type in the API's schemas", kind)
		}
	}
}
