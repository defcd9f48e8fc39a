package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) createView(kind string, stmt created, s *gsql.ResolvedCreateViewBase) *resolved.DDL {
	d := create(kind, resolved.CreateView, stmt)
	d.Options = c.options(must(s.OptionList()))
	d.View = must(s.Sql())
	d.Query = c.query(must(s.Query()), must(s.OutputColumnList()), must(s.IsValueTable()))
	if must(s.HasExplicitColumns()) {
		for _, def := range must(s.ColumnDefinitionList()) {
			d.Names = append(d.Names, must(def.Name()))
		}
	}
	return d
}
