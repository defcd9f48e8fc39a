package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/sqltype"
)

func (t *translator) withName(name string) string {
	return sqltype.Quote(t.prefix + "w_" + name)
}

func (t *translator) withScan(s *gsql.ResolvedWithScan) string {
	var entries []string
	recursive := ""
	if must(s.Recursive()) {
		recursive = "RECURSIVE "
	}
	for _, e := range must(s.WithEntryList()) {
		name := t.withName(must(e.WithQueryName()))
		sub := must(e.WithSubquery())
		if r, ok := sub.(*gsql.ResolvedRecursiveScan); ok {
			entries = append(entries, fmt.Sprintf("%s(%s) AS (%s)", name, positions(len(scanColumns(sub))), t.recursiveQuery(r, name)))
			continue
		}
		entries = append(entries, fmt.Sprintf("%s(%s) AS (%s)", name, positions(len(scanColumns(sub))), t.positional(sub)))
	}
	return fmt.Sprintf("WITH %s%s SELECT * FROM (%s)", recursive, strings.Join(entries, ", "), t.scan(must(s.Query())))
}

// positions names columns by position.
func positions(n int) string {
	if n == 0 {
		return "p0"
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("p%d", i)
	}
	return strings.Join(names, ", ")
}

// positional is a scan with exactly its own columns, in order.
func (t *translator) positional(node gsql.ResolvedScanNode) string {
	columns := scanColumns(node)
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = t.column(c)
	}
	if len(list) == 0 {
		list = []string{"1"}
	}
	return fmt.Sprintf("SELECT %s FROM (%s)", strings.Join(list, ", "), t.scan(node))
}

// renamed gives the columns of a WITH entry the numbers of a reference to it.
func (t *translator) renamed(node gsql.ResolvedScanNode) string {
	columns := scanColumns(node)
	if len(columns) == 0 {
		return "1"
	}
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = fmt.Sprintf("p%d AS %s", i, t.column(c))
	}
	return strings.Join(list, ", ")
}

func (t *translator) recursiveScan(s *gsql.ResolvedRecursiveScan) string {
	unsupported("a recursive query outside of WITH RECURSIVE")
	return ""
}

func (t *translator) recursiveQuery(s *gsql.ResolvedRecursiveScan, name string) string {
	if must(s.RecursionDepthModifier()) != nil {
		unsupported("WITH DEPTH")
	}
	columns := scanColumns(s)
	first := t.setItem(must(s.NonRecursiveTerm()), columns)
	t.recursive = append(t.recursive, recursion{name: name})
	second := t.setItem(must(s.RecursiveTerm()), columns)
	t.recursive = t.recursive[:len(t.recursive)-1]
	operator := "UNION ALL"
	if must(s.OpType()) == gsql.ResolvedRecursiveScanEnums_RecursiveSetOperationTypeUnionDistinct {
		operator = "UNION"
	}
	return fmt.Sprintf("%s %s %s", first, operator, second)
}
