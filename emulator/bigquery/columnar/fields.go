package columnar

import (
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// A Column is a field that is written.
type Column struct {
	types.Field
	At     int      // of the value in the row, or in the STRUCT around it
	Fields []Column // of a STRUCT: those that are written
}

// Select picks the fields of names, in the order of fields, and tells the names that it doesn't find. A name is that of a
// field, or a path into a STRUCT, in any case. No names are all.
func Select(fields []types.Field, names []string) (columns []Column, unknown []string) {
	paths := make([][]string, len(names))
	for i, name := range names {
		paths[i] = strings.Split(strings.ToLower(name), ".")
	}
	return choose(fields, paths, len(names) == 0)
}

// choose picks fields by paths, and tells the paths that lead nowhere.
func choose(fields []types.Field, paths [][]string, all bool) (columns []Column, unknown []string) {
	index := types.Index(fields)
	inside := map[int][][]string{} // paths into a field
	whole := map[int]bool{}
	for _, p := range paths {
		i, ok := index[p[0]]
		switch {
		case !ok, len(p) > 1 && fields[i].Scalar().Kind != types.Struct:
			unknown = append(unknown, strings.Join(p, "."))
		case len(p) == 1:
			whole[i] = true
		default:
			inside[i] = append(inside[i], p[1:])
		}
	}
	for i, f := range fields {
		everything := all || whole[i]
		if !everything && inside[i] == nil {
			continue
		}
		c := Column{Field: f, At: i}
		if f.Scalar().Kind == types.Struct {
			var missing []string
			c.Fields, missing = choose(f.Scalar().Fields, inside[i], everything)
			for _, m := range missing {
				unknown = append(unknown, strings.ToLower(f.Name)+"."+m)
			}
		}
		columns = append(columns, c)
	}
	return columns, unknown
}
