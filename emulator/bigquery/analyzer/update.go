package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) update(s *gsql.ResolvedUpdateStmt) resolved.Statement {
	return &resolved.Update{
		Extras: resolved.Extras{AssertRows: must(s.AssertRowsModified()) != nil, Returning: must(s.Returning()) != nil},
		Target: c.table(must(s.TableScan())), Items: c.updateItems(must(s.UpdateItemList())),
		From: c.scan(must(s.FromScan())), Where: c.expr(must(s.WhereExpr())),
	}
}

func (c *converter) updateItems(list []*gsql.ResolvedUpdateItem) []resolved.UpdateItem {
	var out []resolved.UpdateItem
	for _, item := range list {
		u := resolved.UpdateItem{
			Elements: len(must(item.DeleteList()))+len(must(item.InsertList()))+len(must(item.UpdateList()))+len(must(item.UpdateItemElementList())) > 0,
		}
		if !u.Elements {
			u.Target, u.Value = c.expr(must(item.Target())), c.expr(must(must(item.SetValue()).Value()))
		}
		out = append(out, u)
	}
	return out
}
