package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// expire deletes the expired partitions of the tables that a plan names, outside of a
// transaction.
func (r *run) expire(p *translate.Plan) {
	if r.tx != nil {
		return
	}
	for _, u := range p.Uses {
		if u.Source == nil {
			continue
		}
		for _, t := range tablesOf(u.Source) {
			r.engine.Expire(context.Background(), t)
		}
	}
}

// planOf translates a statement, or finds its plan if nothing that it depends
// on has changed.
func (r *run) planOf(sql string) (*translate.Plan, error) {
	key := r.planKey(sql)
	if p, ok := r.engine.plans.Get(key); ok && r.names.valid(p) {
		return p, nil
	}
	var p *translate.Plan
	expanded, err := r.expanded(sql)
	if err != nil {
		return nil, err
	}
	for again := true; again; {
		r.names.seen = seen{}
		p, err = translate.Statement(r.engine.analyzer, &resolved.Request{
			SQL: expanded, Positional: r.params.positional, Parameters: r.params.types, Variables: r.state.Scopes.Types(), Functions: r.functions,
			Names: r.names, Zone: r.zone(),
		})
		again = r.engine.refresh(r.names.seen, maxViewDepth)
	}
	if err != nil {
		return nil, err
	}
	r.engine.plans.Add(key, p)
	return p, nil
}

// expanded is a statement without calls of functions that are expanded.
func (r *run) expanded(sql string) (string, error) {
	if !slices.ContainsFunc(r.functions, func(f *resolved.Function) bool { return f.Expanded }) {
		return sql, nil
	}
	return r.engine.analyzer.Expand(sql, r.functions)
}

// planKey is what a plan depends on but for the tables it names.
func (r *run) planKey(sql string) string {
	var b strings.Builder
	for _, s := range []string{sql, r.params.key, r.names.project, r.names.defaultProject, r.names.defaultDataset, r.zone()} {
		b.WriteString(s)
		b.WriteByte(0)
	}
	for _, v := range r.state.Scopes.Types() {
		b.WriteString(v.Name + " " + v.Type.String() + "\x00")
	}
	for _, f := range r.functions {
		fmt.Fprintf(&b, "%s %s %s %s %t %v\x00", f.Name, f.Result, f.Body, f.Library, f.Aggregate, f.Constant)
		for _, arg := range f.Arguments {
			fmt.Fprintf(&b, "%s %s\x00", arg.Name, arg.Type)
		}
	}
	return b.String()
}

// valid reports whether every table and routine that a plan names is what it was.
func (n *names) valid(p *translate.Plan) bool {
	for _, u := range p.Uses {
		var names resolved.Names = n
		if u.Project != "" {
			names = n.In(u.Project)
		}
		if fingerprint, err := fingerprint(names, u); err != nil || fingerprint != u.Fingerprint {
			return false
		}
	}
	return true
}

// fingerprint is the present one of what a plan names.
func fingerprint(names resolved.Names, u translate.Use) (string, error) {
	if u.Routine != nil {
		r, err := names.Routine(u.Routine.Kind, u.Path)
		if err != nil {
			return "", err
		}
		return r.Fingerprint, nil
	}
	s, err := names.Table(u.Path)
	if err != nil {
		return "", err
	}
	return s.Fingerprint, nil
}
