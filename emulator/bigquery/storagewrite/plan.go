package storagewrite

import (
	"fmt"
	"strings"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// A plan says where each field of a message goes in a row. It is compiled once
// per writer schema and table schema.
type plan struct {
	columns  []string // of the row; only at the top level
	width    int      // values in a row
	fields   []*field // by number, for small numbers
	large    map[protowire.Number]*field
	required []int    // positions that need a value
	repeated []int    // positions of arrays, empty unless given
	names    []string // by position, for messages
}

// smallNumber bounds the table of fields by number.
const smallNumber = 256

// A field is how one field of a message is read.
type field struct {
	name     string // the path, for messages
	pos      int
	wire     descriptorpb.FieldDescriptorProto_Type
	kind     types.Kind // of the column
	repeated bool
	sub      *plan            // of a STRUCT or a RANGE
	wrapper  *field           // of a google.protobuf wrapper, its field 1
	stamp    bool             // a google.protobuf.Timestamp
	enum     map[int64]string // names of an enum's values
	fallback any              // the default that the descriptor states
}

func (p *plan) field(n protowire.Number) *field {
	if n < smallNumber {
		if int(n) < len(p.fields) {
			return p.fields[n]
		}
		return nil
	}
	return p.large[n]
}

func (p *plan) set(n protowire.Number, f *field) {
	if n >= smallNumber {
		if p.large == nil {
			p.large = map[protowire.Number]*field{}
		}
		p.large[n] = f
		return
	}
	for int(n) >= len(p.fields) {
		p.fields = append(p.fields, nil)
	}
	p.fields[n] = f
}

// A compiler makes plans for one writer schema.
type compiler struct {
	entity string
	types  map[string]*descriptorpb.DescriptorProto // by path from the root
	enums  map[string]*descriptorpb.EnumDescriptorProto
}

// compile makes the plan for messages of a self-contained descriptor into a
// table with these columns.
func compile(desc *descriptorpb.DescriptorProto, table []types.Field, entity string) (*plan, *status.Status) {
	c := &compiler{entity: entity, types: map[string]*descriptorpb.DescriptorProto{}, enums: map[string]*descriptorpb.EnumDescriptorProto{}}
	c.collect(desc.GetName(), desc)
	p, failure := c.message(desc, table, "")
	if failure != nil {
		return nil, failure
	}
	p.columns = p.names
	return p, nil
}

// collect indexes the nested types of a descriptor.
func (c *compiler) collect(path string, desc *descriptorpb.DescriptorProto) {
	c.types[path] = desc
	for _, e := range desc.GetEnumType() {
		c.enums[path+"."+e.GetName()] = e
	}
	for _, n := range desc.GetNestedType() {
		c.collect(path+"."+n.GetName(), n)
	}
}

// resolve finds a nested type by the name a field gives it: absolute with the
// package in front, relative to the root, or bare.
func resolve[T any](types map[string]T, name string) (T, bool) {
	name = strings.TrimPrefix(name, ".")
	if t, ok := types[name]; ok {
		return t, true
	}
	var found T
	best := 0
	for path, t := range types {
		match := strings.HasSuffix(name, "."+path) || strings.HasSuffix(path, "."+name)
		if match && len(path) > best {
			found, best = t, len(path)
		}
	}
	return found, best > 0
}

// message plans one level. At the top, a row has the columns that the message
// names; below, a value for each field of the STRUCT.
func (c *compiler) message(desc *descriptorpb.DescriptorProto, columns []types.Field, path string) (*plan, *status.Status) {
	top := path == ""
	index := types.Index(columns)
	p := &plan{}
	given := make([]*descriptorpb.FieldDescriptorProto, len(columns))
	for _, fd := range desc.GetField() {
		i, ok := index[strings.ToLower(columnName(fd))]
		if !ok {
			return nil, storageFail(codes.InvalidArgument, storagepb.StorageError_SCHEMA_MISMATCH_EXTRA_FIELDS, c.entity,
				"Input schema has more fields than BigQuery schema, extra fields: '%s'", path+columnName(fd))
		}
		given[i] = fd
	}
	for i := range columns {
		col := &columns[i]
		if given[i] == nil && top {
			if col.Required {
				return nil, fail(codes.InvalidArgument, c.entity, "The required field %s is missing in the input schema.", col.Name)
			}
			continue
		}
		pos := p.width
		p.width++
		p.names = append(p.names, path+col.Name)
		if col.Required {
			p.required = append(p.required, pos)
		}
		if col.Repeated() {
			p.repeated = append(p.repeated, pos)
		}
		if given[i] == nil {
			continue
		}
		f, failure := c.field(given[i], col, path, pos)
		if failure != nil {
			return nil, failure
		}
		p.set(protowire.Number(given[i].GetNumber()), f)
	}
	return p, nil
}

// columnName is the column a field stands for: its annotation's, or its own name.
func columnName(fd *descriptorpb.FieldDescriptorProto) string {
	if o := fd.GetOptions(); o != nil && proto.HasExtension(o, storagepb.E_ColumnName) {
		if name, ok := proto.GetExtension(o, storagepb.E_ColumnName).(string); ok && name != "" {
			return name
		}
	}
	return fd.GetName()
}

func (c *compiler) field(fd *descriptorpb.FieldDescriptorProto, col *types.Field, path string, pos int) (*field, *status.Status) {
	f := &field{name: path + col.Name, pos: pos, wire: fd.GetType(), kind: col.Scalar().Kind, repeated: col.Repeated()}
	repeated := fd.GetLabel() == descriptorpb.FieldDescriptorProto_LABEL_REPEATED
	if repeated != col.Repeated() {
		return nil, fail(codes.InvalidArgument, c.entity, "The proto field mode and the BigQuery field mode differ at %s.%s: only one of them is REPEATED.", "root", f.name)
	}
	switch fd.GetType() {
	case pbMessage, pbGroup:
		return f, c.nested(f, fd, col)
	case pbEnum:
		if e, ok := resolve(c.enums, fd.GetTypeName()); ok {
			f.enum = map[int64]string{}
			for _, v := range e.GetValue() {
				f.enum[int64(v.GetNumber())] = v.GetName()
			}
		}
	}
	if !accepts(f.kind, fd.GetType()) {
		return nil, c.mismatch(f, fd)
	}
	if fd.DefaultValue != nil {
		v, err := types.Parse(f.kind, fd.GetDefaultValue())
		if err != nil {
			return nil, fail(codes.InvalidArgument, c.entity, "The proto default of field %s can't be used: %v.", f.name, err)
		}
		f.fallback = v
	}
	return f, nil
}

// nested plans a field that is a message: a STRUCT, or a well-known type that
// stands for a scalar.
func (c *compiler) nested(f *field, fd *descriptorpb.FieldDescriptorProto, col *types.Field) *status.Status {
	if f.kind == types.Struct || f.kind == types.Range {
		desc, ok := resolve(c.types, fd.GetTypeName())
		if !ok {
			return fail(codes.InvalidArgument, c.entity, "The writer schema is not self-contained: it lacks the type %s of field %s.", fd.GetTypeName(), f.name)
		}
		var failure *status.Status
		fields := col.Scalar().Fields
		if f.kind == types.Range {
			elem := col.Scalar().Elem
			fields = []types.Field{{Name: "start", Type: elem}, {Name: "end", Type: elem}}
		}
		f.sub, failure = c.message(desc, fields, f.name+".")
		return failure
	}
	name := strings.TrimPrefix(strings.ReplaceAll(fd.GetTypeName(), "_", "."), ".")
	if name == "google.protobuf.Timestamp" && f.kind == types.Timestamp {
		f.stamp = true
		return nil
	}
	inner, ok := wrappers[strings.TrimPrefix(name, "google.protobuf.")]
	if !ok || !accepts(f.kind, inner) {
		return c.mismatch(f, fd)
	}
	f.wrapper = &field{name: f.name, wire: inner, kind: f.kind}
	return nil
}

func (c *compiler) mismatch(f *field, fd *descriptorpb.FieldDescriptorProto) *status.Status {
	kind := strings.ToLower(strings.TrimPrefix(fd.GetType().String(), "TYPE_"))
	return fail(codes.InvalidArgument, c.entity, "The proto field mismatched with BigQuery field at %s, the proto field type %s, BigQuery field type %s",
		fmt.Sprintf("root.%s", f.name), kind, strings.ToUpper(f.kind.Legacy()))
}
