package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// relation is a SELECT under construction. Scans that follow one another become
// one SELECT as far as they can: what DuckDB needs to plan a statement grows with
// the SELECTs in it, and for a small table that is most of its time.
type relation struct {
	with  string // "WITH … ", or ""
	items []item
	from  string // "" for one row without columns
	where []string
	tail  string // GROUP BY, ORDER BY and LIMIT
	// plain says that the items are columns of from: expressions, conditions and
	// further clauses that name them can join this SELECT. The translator's named
	// has what they are called.
	plain  bool
	joined bool // from is a join
}

// item is a column of a relation.
type item struct {
	id   int32 // number of the column
	name string
	expr string
}

// newItem is an expression under the name of a column.
func (t *translator) newItem(c *resolved.Column, expr string) item {
	id := c.ID
	return item{id, t.number(id), expr}
}

// number is the name of a column in the result of a relation.
func (t *translator) number(id int32) string { return fmt.Sprintf("%s%d", t.prefix, id) }

// from makes a relation of something in FROM, whose columns are called as
// columns has it.
func (t *translator) from(from string, items []item) *relation {
	for _, i := range items {
		t.named[i.id] = i.expr
	}
	return &relation{from: from, items: items, plain: true}
}

// sql completes a relation: its columns have the names of its items from now on.
func (t *translator) sql(r *relation) string {
	list := make([]string, len(r.items))
	for i, c := range r.items {
		delete(t.named, c.id)
		list[i] = c.expr + " AS " + c.name
		if c.expr == c.name {
			list[i] = c.name
		}
	}
	if len(list) == 0 {
		list = []string{"1"}
	}
	var b strings.Builder
	b.WriteString(r.with + "SELECT " + strings.Join(list, ", "))
	if r.from != "" {
		b.WriteString(" FROM " + r.from)
	}
	if len(r.where) > 0 {
		b.WriteString(" WHERE " + strings.Join(r.where, " AND "))
	}
	return b.String() + r.tail
}

// scanSQL translates a scan to a SELECT of its own.
func (t *translator) scanSQL(node resolved.Scan) string { return t.sql(t.scan(node)) }

// closed puts a relation into the FROM of another.
func (t *translator) closed(r *relation) *relation {
	out := &relation{from: "(" + t.sql(r) + ")", plain: true, items: make([]item, len(r.items))}
	for i, c := range r.items {
		out.items[i] = item{c.id, c.name, c.name}
	}
	return out
}

// open is a relation that expressions and conditions can be added to.
func (t *translator) open(r *relation) *relation {
	if r.plain && r.tail == "" {
		return r
	}
	return t.closed(r)
}

// operand is a relation that is nothing but its FROM, for a join.
func (t *translator) operand(r *relation) *relation {
	if r.plain && r.tail == "" && r.with == "" && r.from != "" && len(r.where) == 0 {
		return r
	}
	return t.closed(r)
}

// right is the FROM of an operand as the right side of a join.
func (r *relation) right() string {
	if r.joined {
		return "(" + r.from + ")"
	}
	return r.from
}

// extended adds columns to an open relation.
func (r *relation) extended(columns ...item) *relation {
	out := *r
	out.items = append(append([]item(nil), r.items...), columns...)
	out.plain = false
	return &out
}

// only leaves out the columns of a relation that a scan doesn't have.
func (r *relation) only(node resolved.Scan) *relation {
	wanted := map[int32]bool{}
	for _, c := range node.Columns() {
		wanted[c.ID] = true
	}
	out := *r
	out.items = nil
	for _, c := range r.items {
		if wanted[c.id] {
			out.items = append(out.items, c)
		}
	}
	return &out
}

// computes reports whether a column of a relation is more than one of its FROM.
func (t *translator) computes(r *relation, id int32) bool {
	return slices.ContainsFunc(r.items, func(i item) bool {
		return i.id == id && i.expr != i.name && i.expr != t.named[id]
	})
}

// renamed picks columns of a relation, in order, under new names. One that is
// picked twice is computed once: RAND() would differ.
func (t *translator) renamed(r *relation, columns []*resolved.Column, rename func(i int) string) *relation {
	picked := map[int32]bool{}
	for _, c := range columns {
		id := c.ID
		if picked[id] && t.computes(r, id) {
			r = t.closed(r)
		}
		picked[id] = true
	}
	exprs := map[int32]string{}
	for _, c := range r.items {
		exprs[c.id] = c.expr
	}
	out := *r
	out.plain = false
	out.items = make([]item, len(columns))
	for i, c := range columns {
		id := c.ID
		expr, ok := exprs[id]
		if !ok { // of a query around this one
			expr = t.column(c)
		}
		out.items[i] = item{id, rename(i), expr}
	}
	return &out
}

// positional is a scan with exactly its own columns, in order.
func (t *translator) positional(node resolved.Scan) string {
	columns := node.Columns()
	r := t.renamed(t.scan(node), columns, func(i int) string { return t.number(columns[i].ID) })
	return t.sql(r)
}
