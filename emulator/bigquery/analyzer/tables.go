package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// tableCatalog answers the analyzer's questions for tables of the analysis
// under way.
type tableCatalog struct {
	gsql.CatalogCallbackDefaults
	current *lookup
}

// lookup collects the tables of one analysis; a table's number for the analyzer is
// its index in sources.
type lookup struct {
	analyzer *engine
	resolve  func(path []string) (*resolved.Source, error)
	sources  []*resolved.Source
	paths    [][]string // by which the statement names the sources
	nodes    []*gsql.SimpleTable
	columns  []*gsql.SimpleColumn // kept alive
	failed   error                // the first table that wasn't found
}

// FullName implements the analyzer's catalog.
func (c *tableCatalog) FullName() (string, error) { return "tables", nil }

// FindTable implements the analyzer's catalog.
func (c *tableCatalog) FindTable(path []string, _ *gsql.FindOptions) (table gsql.TableNode, err error) {
	defer bqerror.Catch(&err)
	l := c.current
	for i, p := range l.paths {
		if equalPath(p, path) {
			return l.nodes[i], nil
		}
	}
	source, err := l.resolve(path)
	if err != nil {
		if l.failed == nil {
			l.failed = err
		}
		return nil, err
	}
	return l.add(path, source), nil
}

// add gives the analyzer the columns of a source.
func (l *lookup) add(path []string, s *resolved.Source) *gsql.SimpleTable {
	id := int64(len(l.sources))
	t := must(gsql.NewSimpleTable(s.Name, id))
	for i, c := range s.Columns {
		col := must(gsql.NewSimpleColumn(s.Name, c.Name, l.analyzer.typeNode(c.Type), i >= s.Visible, i < s.Visible))
		check(t.AddColumn2(col, false))
		l.columns = append(l.columns, col)
	}
	l.sources, l.paths, l.nodes = append(l.sources, s), append(l.paths, path), append(l.nodes, t)
	return t
}

func equalPath(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
