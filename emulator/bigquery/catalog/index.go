package catalog

import (
	"slices"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// Index is a search index or a vector index of a table: a declaration, which changes no result.
type Index struct {
	Name    string
	Vector  bool
	All     bool     // ALL COLUMNS
	Columns []string // that are indexed
	// Analyzer is that of a search index, e.g. LOG_ANALYZER.
	Analyzer string
	DDL      string // the statement that creates it
	Created  time.Time
}

// Kind is what messages call an index.
func (i *Index) Kind() string {
	if i.Vector {
		return "Vector index"
	}
	return "Search index"
}

// Index finds an index of the table.
func (t *Table) Index(name string, vector bool) *Index {
	for _, i := range t.Indexes {
		if i.Name == name && i.Vector == vector {
			return i
		}
	}
	return nil
}

// PutIndex creates or replaces an index.
func (tx *Tx) PutIndex(ref Ref, index *Index) error {
	return tx.changeIndexes(ref, func(list []*Index) []*Index { return append(without(list, index.Name, index.Vector), index) })
}

// DropIndex removes an index.
func (tx *Tx) DropIndex(ref Ref, name string, vector bool) error {
	t, err := tx.Table(ref)
	if err != nil {
		return err
	}
	if t.Index(name, vector) == nil {
		return bqerror.NotFound((&Index{Vector: vector}).Kind(), ref.String()+"."+name)
	}
	return tx.changeIndexes(ref, func(list []*Index) []*Index { return without(list, name, vector) })
}

func without(list []*Index, name string, vector bool) []*Index {
	return slices.DeleteFunc(slices.Clone(list), func(i *Index) bool { return i.Name == name && i.Vector == vector })
}

func (tx *Tx) changeIndexes(ref Ref, change func([]*Index) []*Index) error {
	t, err := tx.ownTable(ref)
	if err != nil {
		return err
	}
	t.Indexes = change(t.Indexes)
	return tx.keepList("indexes", t.ID, t.Indexes)
}
