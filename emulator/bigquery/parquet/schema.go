package parquet

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// A node is an element of a file's schema, as DuckDB's parquet_schema has it.
type node struct {
	name       string
	physical   string // INT32, BYTE_ARRAY, …; "" of a group
	repetition string // REQUIRED, OPTIONAL or REPEATED
	converted  string // the old annotation, "" for none
	logical    string // the annotation, such as StringType() or TimeType(…), "" for none
	scale      int64
	precision  int64
	children   []*node
}

// readSchema reads the columns of a file.
func readSchema(ctx context.Context, q duck.Queryer, path string) ([]*node, error) {
	rows, err := q.QueryContext(ctx, `SELECT name, coalesce(type, ''), coalesce(repetition_type, ''), coalesce(converted_type, ''),
		coalesce(logical_type::VARCHAR, ''), coalesce(scale, 0), coalesce(precision, 0), coalesce(num_children, 0) FROM parquet_schema(`+quoteText(path)+`)`)
	if err != nil {
		return nil, types.Errorf("Input file is not in Parquet format: %w", err)
	}
	defer rows.Close()
	root, err := readNode(rows)
	if err != nil {
		return nil, err
	}
	return root.children, nil
}

// readNode reads an element and those in it, which stand behind it.
func readNode(rows *sql.Rows) (*node, error) {
	if !rows.Next() {
		return nil, fmt.Errorf("the schema of a Parquet file ends early: %w", rows.Err())
	}
	n := &node{}
	var children int
	if err := rows.Scan(&n.name, &n.physical, &n.repetition, &n.converted, &n.logical, &n.scale, &n.precision, &children); err != nil {
		return nil, fmt.Errorf("read the schema of a Parquet file: %w", err)
	}
	for range children {
		child, err := readNode(rows)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, child)
	}
	return n, nil
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// is reports whether an element has an annotation, by its old name or the beginning of its new one.
func (n *node) is(converted, logical string) bool {
	return n.converted == converted || strings.HasPrefix(n.logical, logical)
}

// scalar is the type of an element without others in it
// (https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet#parquet_conversions).
func (n *node) scalar(o Options) (types.Kind, error) {
	switch {
	case n.is("DECIMAL", "DecimalType"):
		return n.decimal(o)
	case n.is("DATE", "DateType"):
		return types.Date, nil
	case n.is("TIME_MILLIS", "TimeType"), n.converted == "TIME_MICROS":
		return types.Time, nil
	case strings.HasPrefix(n.logical, "TimestampType") && strings.Contains(n.logical, "NANOS=NanoSeconds"):
		return types.Invalid, n.unloadable()
	case n.is("TIMESTAMP_MILLIS", "TimestampType"), n.converted == "TIMESTAMP_MICROS", n.physical == "INT96":
		return types.Timestamp, nil
	case n.is("UTF8", "StringType"):
		return types.String, nil
	case n.is("JSON", "JsonType"):
		return types.JSON, nil
	case n.is("ENUM", "EnumType") && o.EnumAsString:
		return types.String, nil
	case n.is("INTERVAL", "IntervalType"), strings.HasPrefix(n.logical, "UUIDType"), n.is("BSON", "BsonType"):
		return types.Invalid, n.unloadable()
	}
	switch n.physical {
	case "BOOLEAN":
		return types.Bool, nil
	case "INT32", "INT64":
		return types.Int64, nil
	case "FLOAT", "DOUBLE":
		return types.Float64, nil
	case "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY":
		return types.Bytes, nil
	}
	return types.Invalid, types.Errorf("Parquet column '%s' has the type %s, which can't be loaded", n.name, n.physical)
}

func (n *node) unloadable() error {
	return types.Errorf("Parquet column '%s' has the annotation %s, which can't be loaded", n.name, strings.Trim(n.converted+" "+n.logical, " "))
}

// maxPrecision is how many digits a decimal may have: DuckDB reads longer ones as floating point.
const maxPrecision = 38

// decimal is the first type, of those that the load allows, that holds an element's numbers
// (https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#decimaltargettype).
func (n *node) decimal(o Options) (types.Kind, error) {
	if n.precision > maxPrecision {
		return types.Invalid, types.Errorf("Parquet column '%s' has precision %d, which is not supported by this emulator: it reads up to %d digits", n.name, n.precision, maxPrecision)
	}
	whole := n.precision - n.scale
	targets := o.DecimalTargets
	if len(targets) == 0 {
		targets = []string{"NUMERIC", "BIGNUMERIC"}
	}
	for _, t := range targets {
		switch {
		case t == "NUMERIC" && n.scale <= 9 && whole <= 29:
			return types.Numeric, nil
		case t == "BIGNUMERIC" && n.scale <= 38 && whole <= 38:
			return types.BigNumeric, nil
		case t == "STRING":
			return types.String, nil
		}
	}
	return types.Invalid, types.Errorf("Parquet column '%s' has precision %d and scale %d, which none of the decimal target types %s holds", n.name, n.precision, n.scale, strings.Join(targets, ", "))
}
