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

// A layout is the list of columns that the rows of a table are written with. First come
// the columns that this program knows; their numbers never change. Then come added
// columns, see AddedColumn.
type layout struct {
	descriptor *descriptorpb.DescriptorProto
	added      []addedColumn
	filled     []AddedColumn // the same, in the same order
}

// An addedColumn is an AddedColumn of a layout.
type addedColumn struct {
	name   string
	number column
	kind   storagepb.TableFieldSchema_Type
}

// fillable reports whether an added column is filled from the records.
func fillable(f *storagepb.TableFieldSchema) bool {
	_, known := addedTypes[f.GetType()]
	return f.GetMode() == storagepb.TableFieldSchema_NULLABLE && known &&
		f.GetMaxLength() == 0 && // a longer text would be refused
		!Private(f.GetName())
}

// ErrColumnMissing says that the table of an append lacks a column which this program
// writes.
var ErrColumnMissing = errors.New("the table lacks a column that is written: add it (terraform apply in the cloud, a restart of the runner locally)")

// layout returns the layout for the schema that the table has. A nil schema means that
// it isn't known; then there are no added columns.
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

// named returns a function that reports whether a column has this name. BigQuery ignores
// the case of names.
func named(name string) func(*storagepb.TableFieldSchema) bool {
	return func(f *storagepb.TableFieldSchema) bool { return strings.EqualFold(f.GetName(), name) }
}

// with returns the layout with these added columns.
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
		l.filled = append(l.filled, AddedColumn{Name: c.GetName(), Type: addedTypes[c.GetType()]})
	}
	return l, nil
}

// number returns the number of an added column. A column of another name or type never
// gets the same number in this process. So a row that was encoded by one layout can be
// read by any other that has its columns.
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

// names returns the names of the added columns.
func (l *layout) names() []string {
	var list []string
	for _, c := range l.added {
		list = append(list, c.name)
	}
	return list
}

func (l *layout) equal(other *layout) bool { return slices.Equal(l.added, other.added) }
