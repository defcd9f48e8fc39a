package engine

import (
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/governance"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// governs reports whether something may keep a caller from columns. Where permissions are asked for,
// requests that nobody is named for are the emulator's own.
func (e *Engine) governs(caller string) bool {
	if e.allow == nil {
		return e.Governance.Any()
	}
	return caller != ""
}

// masker masks the columns of a table for a caller.
func (e *Engine) masker(caller string, t *catalog.Table) governance.Masker {
	return governance.Masker{Store: e.Governance, Caller: principal(caller), Table: strings.Replace(t.Ref.String(), ":", ".", 1)}
}

// seenColumns are the columns of a source as the caller sees them, expressions in GoogleSQL, and whether any of
// them is masked; governs says that something may. What may not be read is NULL, until permitColumns refuses it.
func (n *names) seenColumns(s *resolved.Source, t *catalog.Table, governs bool) (list []string, masked bool) {
	list = make([]string, len(s.Columns))
	for i, c := range s.Columns {
		list[i] = "`" + c.Name + "`"
		if !governs {
			continue
		}
		f := store.FindField(t.Resource, c.Name)
		if f == nil {
			continue // a pseudo column, or one that the table no longer has
		}
		m := n.engine.masker(n.caller, t)
		expr, changed, err := m.Column(f, c.Type)
		if err != nil || n.engine.permitField(n.caller, t, f, f.Name, false) != nil {
			expr, changed = "CAST(NULL AS "+c.Type.String()+")", true
		}
		if changed {
			list[i], masked = expr+" AS `"+c.Name+"`", true
		}
	}
	return list, masked
}

// permitColumns is the error of a caller who may not read some columns of a table; read says
// which are read, nil for all. With values, masked ones won't do. A view lets nobody past it.
func (e *Engine) permitColumns(caller string, t *catalog.Table, read func(column string) bool, values bool) error {
	if t.Resource.Schema == nil || !e.governs(caller) {
		return nil
	}
	for i, f := range t.Resource.Schema.Fields {
		if read != nil && !read(f.Name) {
			continue
		}
		if err := e.permitField(caller, t, f, f.Name, values || t.IsView()); err != nil {
			return err
		}
		if _, _, err := e.masker(caller, t).Column(f, t.Columns[i].Type); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) permitField(caller string, t *catalog.Table, f *bqv2.TableFieldSchema, path string, values bool) error {
	m := e.masker(caller, t)
	switch a := e.Governance.Access(m.Caller, f, m.Table+"."+path); {
	case a.Err != nil:
		return a.Err
	case a.Mask != nil && values:
		return governance.Unmasked(a.Mask, m.Table+"."+path)
	case a.Mask != nil && store.Orders(t.Resource, path):
		return bqerror.Query("Data masking is not supported on partitioning and clustering columns, which %s.%s is", m.Table, path)
	}
	for _, sub := range f.Fields {
		if err := e.permitField(caller, t, sub, path+"."+sub.Name, values); err != nil {
			return err
		}
	}
	return nil
}

// permitTags is the error of a caller who may not read the columns that a plan reads. A
// statement that changes rows by what they are, one that copies a table, and one over a wildcard
// need their values.
func (r *run) permitTags(p *translate.Plan) error {
	for _, read := range p.Reads {
		tables := tablesOf(read.Source)
		_, wildcard := read.Source.Target.([]*catalog.Table)
		for _, t := range tables {
			named := func(column string) bool {
				return slices.ContainsFunc(read.Columns, func(c string) bool { return strings.EqualFold(c, column) })
			}
			target := read.Columns == nil && p.Target != nil && p.Target.Target == any(t)
			if target {
				named = nil
			}
			if err := r.engine.permitColumns(r.caller, t, named, wildcard || target); err != nil {
				return err
			}
		}
	}
	if d := p.DDL; d != nil && d.Copy {
		for _, t := range tablesOf(d.Like) {
			return r.engine.permitColumns(r.caller, t, nil, true)
		}
	}
	return nil
}
