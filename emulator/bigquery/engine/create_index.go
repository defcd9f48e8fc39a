package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// createIndex declares a search index or a vector index
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#create_search_index_statement).
func (r *run) createIndex(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLTarget, res.DDLOperation = &ref, "CREATE"
	return r.engine.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		t, err := tx.Table(ref)
		if err != nil {
			return err
		}
		index, err := newIndex(t, d)
		if err != nil {
			return err
		}
		index.Created = r.engine.Now().UTC()
		switch old := t.Index(index.Name, index.Vector); {
		case old != nil && d.IfNotExists:
			res.DDLOperation = "SKIP"
			return nil
		case old != nil && !d.Replace:
			return bqerror.Duplicate(index.Kind(), ref.String()+"."+index.Name)
		case old != nil:
			res.DDLOperation = "REPLACE"
		}
		for _, other := range t.Indexes {
			if other.Name != index.Name && other.Vector == index.Vector && (!index.Vector || other.Columns[0] == index.Columns[0]) {
				return bqerror.Query("%s already has the %s %s", ref, strings.ToLower(other.Kind()), other.Name)
			}
		}
		return tx.PutIndex(ref, index)
	})
}

func (r *run) dropIndex(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLTarget, res.DDLOperation = &ref, "DROP"
	err = r.engine.Catalog.Change(ctx, func(tx *catalog.Tx) error { return tx.DropIndex(ref, d.Index.Name, d.Index.Vector) })
	return unlessMissing(err, d, res)
}

// newIndex is the index that a statement declares, checked.
func newIndex(t *catalog.Table, d *resolved.DDL) (*catalog.Index, error) {
	index := &catalog.Index{Name: d.Index.Name, Vector: d.Index.Vector, All: d.Index.All, Columns: d.Index.Columns}
	if t.IsView() {
		return nil, bqerror.Query("%s is a view and can't have an index", t.Ref)
	}
	check := searchOptions
	if index.Vector {
		check = vectorOptions
	}
	if err := check(index, d.Options); err != nil {
		return nil, err
	}
	for _, name := range d.Index.Storing {
		if store.FindColumn(t.Columns, name) == nil {
			return nil, bqerror.Query("Column %s not found in table %s", name, t.Ref)
		}
	}
	if err := indexColumns(t, index); err != nil {
		return nil, err
	}
	index.DDL = indexDDL(t, index, d)
	return index, nil
}

// indexColumns sets and checks the columns of an index.
func indexColumns(t *catalog.Table, index *catalog.Index) error {
	if index.All {
		for _, c := range t.Columns {
			if c.Type.Searchable() {
				index.Columns = append(index.Columns, c.Name)
			}
		}
	}
	for _, name := range index.Columns {
		c := store.FindColumn(t.Columns, name)
		switch {
		case c == nil:
			return bqerror.Query("Column %s not found in table %s", name, t.Ref)
		case index.Vector && (c.Type.Kind != types.Array || c.Type.Elem.Kind != types.Float64):
			return bqerror.Query("The column %s of a vector index must be an ARRAY<FLOAT64>, and is of type %s", name, c.Type)
		case !index.Vector && !c.Type.Searchable():
			return bqerror.Query("The column %s of a search index must have STRINGs or JSON, and is of type %s", name, c.Type)
		}
	}
	if len(index.Columns) == 0 || index.Vector && len(index.Columns) > 1 {
		return bqerror.Query("%s %s has %d columns that can be indexed", index.Kind(), index.Name, len(index.Columns))
	}
	return nil
}

// searchOptions checks the options of a search index
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#search_index_option_list).
func searchOptions(index *catalog.Index, options map[string]any) error {
	index.Analyzer = "LOG_ANALYZER"
	for name, v := range options {
		text, isText := v.(string)
		switch {
		case name == "analyzer" && isText:
			if !slices.Contains([]string{"LOG_ANALYZER", "NO_OP_ANALYZER", "PATTERN_ANALYZER"}, text) {
				return bqerror.Query("Invalid analyzer %q of a search index", text)
			}
			index.Analyzer = text
		case name == "analyzer_options" && isText:
			if !json.Valid([]byte(text)) {
				return bqerror.Query("analyzer_options of a search index must be JSON: %s", text)
			}
		case name == "data_types":
			return bqerror.Unsupported("The option data_types of a search index")
		default:
			return bqerror.Query("Unknown or invalid option of a search index: %s", name)
		}
	}
	return nil
}

// vectorOptions checks the options of a vector index
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#vector_index_option_list).
func vectorOptions(_ *catalog.Index, options map[string]any) error {
	values := map[string][]string{"index_type": {"IVF", "TREE_AH"}, "distance_type": {"EUCLIDEAN", "COSINE", "DOT_PRODUCT"}}
	if options["index_type"] == nil {
		return bqerror.Query("A vector index needs the option index_type")
	}
	for name, v := range options {
		text, isText := v.(string)
		switch {
		case isText && (name == "ivf_options" || name == "tree_ah_options"):
			if !json.Valid([]byte(text)) {
				return bqerror.Query("%s of a vector index must be JSON: %s", name, text)
			}
		case !isText || !slices.Contains(values[name], strings.ToUpper(text)):
			return bqerror.Query("Unknown or invalid option of a vector index: %s", name)
		}
	}
	return nil
}

// indexDDL is the statement that would create an index.
func indexDDL(t *catalog.Table, index *catalog.Index, d *resolved.DDL) string {
	kind, columns := "SEARCH", "ALL COLUMNS"
	if index.Vector {
		kind = "VECTOR"
	}
	if !index.All {
		columns = strings.Join(index.Columns, ", ")
	}
	text := fmt.Sprintf("CREATE %s INDEX `%s` ON `%s.%s.%s`(%s)", kind, index.Name, t.Ref.Project, t.Ref.Dataset, t.Ref.Table, columns)
	if len(d.Index.Storing) > 0 {
		text += " STORING (" + strings.Join(d.Index.Storing, ", ") + ")"
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(d.Options)) {
		list = append(list, fmt.Sprintf("%s = '%s'", name, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(fmt.Sprint(d.Options[name]))))
	}
	if len(list) > 0 {
		text += " OPTIONS (" + strings.Join(list, ", ") + ")"
	}
	return text
}
