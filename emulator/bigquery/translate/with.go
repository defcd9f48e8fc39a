package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func (t *translator) withName(name string) string {
	return types.Quote(t.prefix + "w_" + name)
}

func (t *translator) withScan(s *gsql.ResolvedWithScan) *relation {
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
	r := t.scan(must(s.Query()))
	if r.with != "" {
		r = t.closed(r)
	}
	out := *r
	out.with = "WITH " + recursive + strings.Join(entries, ", ") + " "
	return &out
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

// reference reads a WITH entry.
func (t *translator) reference(node gsql.ResolvedScanNode, name string) *relation {
	alias := t.alias()
	var items []item
	for i, c := range scanColumns(node) {
		items = append(items, t.newItem(c, fmt.Sprintf("%s.p%d", alias, i)))
	}
	return t.from(name+" AS "+alias, items)
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
