package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// createIndex reads CREATE SEARCH INDEX and CREATE VECTOR INDEX.
func (c *converter) createIndex(s *gsql.ResolvedCreateIndexStmt) *resolved.DDL {
	vector := must(s.IsVector())
	if !vector && !must(s.IsSearch()) {
		bqerror.Refuse("CREATE INDEX of an index for something else than search or vectors")
	}
	kind := "CREATE_SEARCH_INDEX"
	if vector {
		kind = "CREATE_VECTOR_INDEX"
	}
	if len(must(s.PartitionByList())) > 0 || len(must(s.ComputedColumnsList())) > 0 || len(must(s.UnnestExpressionsList())) > 0 {
		bqerror.Refuse("%s with PARTITION BY or of something else than columns", kind)
	}
	d := create(kind, resolved.CreateIndex, s)
	name := d.Path
	d.Index = &resolved.Index{Name: name[len(name)-1], Vector: vector, All: must(s.IndexAllColumns())}
	d.Path = must(s.TableNamePath())
	d.Options = c.constants(must(s.OptionList()))
	for _, item := range must(s.IndexItemList()) {
		if len(must(item.OptionList())) > 0 {
			bqerror.Refuse("OPTIONS of a column of an index")
		}
		d.Index.Columns = append(d.Index.Columns, c.column(must(must(item.ColumnRef()).Column())).Name)
	}
	for _, e := range must(s.StoringExpressionList()) {
		ref, ok := c.expr(e).(*resolved.ColumnRef)
		if !ok {
			bqerror.Refuse("STORING of something else than columns")
		}
		d.Index.Storing = append(d.Index.Storing, ref.Column.Name)
	}
	return d
}

func dropIndex(s *gsql.ResolvedDropIndexStmt) *resolved.DDL {
	d := &resolved.DDL{
		Kind: "DROP_SEARCH_INDEX", Action: resolved.DropIndex, Path: must(s.TableNamePath()), IfExists: must(s.IsIfExists()),
		Index: &resolved.Index{Name: must(s.Name())},
	}
	switch must(s.IndexType()) {
	case gsql.ResolvedDropIndexStmtEnums_IndexTypeIndexSearch:
	case gsql.ResolvedDropIndexStmtEnums_IndexTypeIndexVector:
		d.Kind, d.Index.Vector = "DROP_VECTOR_INDEX", true
	default:
		bqerror.Refuse("DROP INDEX of an index for something else than search or vectors")
	}
	return d
}
