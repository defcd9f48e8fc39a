package warehouse

import (
	"fmt"
	"slices"
	"sync"

	"cloud.google.com/go/bigquery/storage/managedwriter/adapt"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// rawTable is how rows of one raw table are encoded.
type rawTable struct {
	id         string   // dataset.table
	written    []string // the columns that this program writes by name
	fills      bool     // whether added columns are filled from the records
	encoder    rowEncoder
	descriptor *descriptorpb.DescriptorProto // of the written columns

	mu      sync.Mutex
	numbers map[string]column // of added columns, by name and type
}

// The raw tables. Each is derived from its schema file at the first use.
var (
	rawVotes   = sync.OnceValue(func() *rawTable { return mustRawTable("raw.votes", originColumns, voteColumns).filled() })
	rawVoters  = sync.OnceValue(func() *rawTable { return mustRawTable("raw.voters", originColumns, voterColumns).filled() })
	rawRejects = sync.OnceValue(func() *rawTable { return mustRawTable("raw.rejects", originColumns, rejectColumns) })
	rawLogEnds = sync.OnceValue(func() *rawTable { return mustRawTable("raw.log_ends", nil, logEndColumns) })
)

// mustRawTable panics if the schema file lacks a column that is written here, or requires
// one that isn't. A test calls it for every table.
func mustRawTable(id string, origin, own []string) *rawTable {
	t, err := newRawTable(id, origin, own)
	if err != nil {
		panic(fmt.Sprintf("warehouse: rows of %s: %v", id, err))
	}
	return t
}

func newRawTable(id string, origin, own []string) (*rawTable, error) {
	table := TableNamed(id)
	t := &rawTable{id: id, written: slices.Concat(origin, own), numbers: map[string]column{}}
	for _, f := range table.Fields {
		if f.Required() && !slices.Contains(t.written, f.Name) {
			return nil, fmt.Errorf("required column %s isn't written", f.Name)
		}
	}
	// Other columns of the file are treated as added columns: see layout.
	table.Fields = slices.DeleteFunc(slices.Clone(table.Fields), func(f Field) bool { return !slices.Contains(t.written, f.Name) })
	message, err := rowMessage(table)
	if err != nil {
		return nil, err
	}
	if t.descriptor, err = adapt.NormalizeDescriptor(message); err != nil {
		return nil, err
	}
	for i, name := range t.written {
		field := message.Fields().ByName(protoreflect.Name(name))
		if field == nil {
			return nil, fmt.Errorf("column %s isn't in the schema", name)
		}
		if i < len(origin) {
			t.encoder.origin[i] = field.Number()
		} else {
			t.encoder.own[i-len(origin)] = field.Number()
		}
	}
	return t, nil
}

// filled returns the table with added columns filled from the records.
func (t *rawTable) filled() *rawTable {
	t.fills = true
	return t
}

// rowMessage returns the descriptor of the protobuf message of a row.
func rowMessage(table Table) (protoreflect.MessageDescriptor, error) {
	schema, err := adapt.BQSchemaToStorageTableSchema(table.Metadata().Schema)
	if err != nil {
		return nil, err
	}
	d, err := adapt.StorageSchemaToProto2Descriptor(schema, "row")
	if err != nil {
		return nil, err
	}
	message, ok := d.(protoreflect.MessageDescriptor)
	if !ok {
		return nil, fmt.Errorf("%s describes a %T, not a message", table.ID(), d)
	}
	return message, nil
}
