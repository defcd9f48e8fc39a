package warehouse

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"cloud.google.com/go/bigquery/storage/managedwriter/adapt"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// A layout is how rows of a table are written at the moment. It begins with the
// columns that this program writes, whose numbers never change. Behind them
// stand the columns that the table has beside these: they are filled from the
// fields of the same name in the records, so that a field that producers add
// can be stored without a new program.
type layout struct {
	descriptor *descriptorpb.DescriptorProto
	added      []addedColumn
}

// An addedColumn is one that the table has and this program doesn't know.
type addedColumn struct {
	name   string
	number column
	kind   storagepb.TableFieldSchema_Type
}

// The types of added columns that are filled. Others stay NULL: a value that
// BigQuery refused would take its record with it.
var addedTypes = []storagepb.TableFieldSchema_Type{
	storagepb.TableFieldSchema_STRING, storagepb.TableFieldSchema_INT64,
	storagepb.TableFieldSchema_DOUBLE, storagepb.TableFieldSchema_BOOL,
}

// private are fields that no column is filled from, whatever its name: tables
// know a voter by their key, and names are for KEEP_NAMES to decide.
var private = []string{"voter_id", "name"}

// fillable reports whether a column that isn't written by name is taken from
// the records.
func fillable(f *storagepb.TableFieldSchema) bool {
	return f.GetMode() == storagepb.TableFieldSchema_NULLABLE &&
		slices.Contains(addedTypes, f.GetType()) &&
		f.GetMaxLength() == 0 && // a longer text would be refused
		!slices.ContainsFunc(private, func(name string) bool { return strings.EqualFold(name, f.GetName()) })
}

// ErrColumnMissing marks an append to a table that lacks a column which this
// program writes.
var ErrColumnMissing = errors.New("the table lacks a column that is written: add it (terraform apply in the cloud, a restart of the runner locally)")

// layout returns the layout for the schema that the table has; a nil schema
// isn't known, and taken for that of the schema file.
func (t *rawTable) layout(schema *storagepb.TableSchema) (*layout, error) {
	if schema == nil {
		return &layout{descriptor: t.descriptor}, nil
	}
	var missing []string
	for _, name := range t.written {
		if !slices.ContainsFunc(schema.GetFields(), named(name)) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%s: %w (%s)", t.id, ErrColumnMissing, strings.Join(missing, ", "))
	}
	if !t.fills {
		return &layout{descriptor: t.descriptor}, nil
	}
	added := slices.DeleteFunc(slices.Clone(schema.GetFields()), func(f *storagepb.TableFieldSchema) bool {
		return slices.ContainsFunc(t.written, func(name string) bool { return named(name)(f) }) || !fillable(f)
	})
	return t.with(added)
}

// named tells a column by its name, which BigQuery compares without case.
func named(name string) func(*storagepb.TableFieldSchema) bool {
	return func(f *storagepb.TableFieldSchema) bool { return strings.EqualFold(f.GetName(), name) }
}

// with returns the layout that has these columns too.
func (t *rawTable) with(columns []*storagepb.TableFieldSchema) (*layout, error) {
	l := &layout{descriptor: t.descriptor}
	if len(columns) == 0 {
		return l, nil
	}
	schema := &storagepb.TableSchema{}
	for _, c := range columns {
		schema.Fields = append(schema.Fields, &storagepb.TableFieldSchema{Name: c.GetName(), Type: c.GetType(), Mode: c.GetMode()})
	}
	d, err := adapt.StorageSchemaToProto2Descriptor(schema, "added")
	if err != nil {
		return nil, fmt.Errorf("added columns of %s: %w", t.id, err)
	}
	message, err := adapt.NormalizeDescriptor(d.(protoreflect.MessageDescriptor))
	if err != nil {
		return nil, fmt.Errorf("added columns of %s: %w", t.id, err)
	}
	l.descriptor = proto.Clone(t.descriptor).(*descriptorpb.DescriptorProto)
	for i, c := range columns {
		number := t.number(c)
		field := message.GetField()[i]
		field.Number = proto.Int32(int32(number))
		l.descriptor.Field = append(l.descriptor.Field, field)
		l.added = append(l.added, addedColumn{name: c.GetName(), number: number, kind: c.GetType()})
	}
	return l, nil
}

// number gives an added column a number that no other column has ever had in
// this process: rows that were written by one layout can be read by any other
// that has their columns.
func (t *rawTable) number(c *storagepb.TableFieldSchema) column {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := c.GetName() + " " + c.GetType().String()
	n, ok := t.numbers[key]
	if !ok {
		n = column(len(t.written) + len(t.numbers) + 1)
		t.numbers[key] = n
	}
	return n
}

// names are those of the added columns.
func (l *layout) names() []string {
	var list []string
	for _, c := range l.added {
		list = append(list, c.name)
	}
	return list
}

func (l *layout) equal(other *layout) bool { return slices.Equal(l.added, other.added) }
