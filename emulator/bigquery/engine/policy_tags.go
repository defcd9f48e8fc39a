package engine

import (
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// fineGrainedGet is the permission on a policy tag that reading its columns needs
// (https://cloud.google.com/bigquery/docs/column-level-security-intro).
const fineGrainedGet = "datacatalog.categories.fineGrainedGet"

// permitColumns is the error of a caller who may not read some columns of a table for their
// policy tags; read says which are read, nil for all. A view lets nobody past them.
func (e *Engine) permitColumns(caller string, t *catalog.Table, read func(column string) bool) error {
	if e.allow == nil || caller == "" || t.Resource.Schema == nil {
		return nil
	}
	for _, f := range t.Resource.Schema.Fields {
		if read != nil && !read(f.Name) {
			continue
		}
		if err := e.permitField(caller, t, f, f.Name); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) permitField(caller string, t *catalog.Table, f *bqv2.TableFieldSchema, path string) error {
	if f.PolicyTags != nil {
		for _, tag := range f.PolicyTags.Names {
			if err := e.allow(caller, fineGrainedGet, tag); err != nil {
				return &Error{Code: 403, Reason: "accessDenied", Message: "Access Denied: BigQuery BigQuery: User has neither fine-grained reader nor masked get permission to get data protected by policy tag \"" +
					tag + "\" on column " + strings.Replace(t.Ref.String(), ":", ".", 1) + "." + path + ". " + err.Error()}
			}
		}
	}
	for _, sub := range f.Fields {
		if err := e.permitField(caller, t, sub, path+"."+sub.Name); err != nil {
			return err
		}
	}
	return nil
}

// permitTags is the error of a caller who may not read the columns that a plan reads. A
// statement that changes rows by what they are, and one that copies a table, reads all of them.
func (r *run) permitTags(p *translate.Plan) error {
	for _, read := range p.Reads {
		for _, t := range tablesOf(read.Source) {
			named := func(column string) bool {
				return slices.ContainsFunc(read.Columns, func(c string) bool { return strings.EqualFold(c, column) })
			}
			if read.Columns == nil && p.Target != nil && p.Target.Target == any(t) {
				named = nil
			}
			if err := r.engine.permitColumns(r.caller, t, named); err != nil {
				return err
			}
		}
	}
	if d := p.DDL; d != nil && d.Copy {
		for _, t := range tablesOf(d.Like) {
			return r.engine.permitColumns(r.caller, t, nil)
		}
	}
	return nil
}
