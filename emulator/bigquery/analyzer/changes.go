package analyzer

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// The table functions of change history, which the analyzer lacks
// (https://cloud.google.com/bigquery/docs/change-history).
const (
	appends = "APPENDS"
	changes = "CHANGES"
)

// builtinGroup is the group of table functions that belong to no dataset.
const builtinGroup = "bigquery"

// changeHistory tells the analyzer the columns that a call of one of them returns.
type changeHistory struct {
	gsql.TableValuedFunctionCallbackDefaults
	analyzer *engine
	name     string
}

// DebugString implements the analyzer's table function.
func (c changeHistory) DebugString() (string, error) { return c.name, nil }

// Resolve implements the analyzer's table function.
func (c changeHistory) Resolve(_ *gsql.AnalyzerOptions, args []*gsql.TVFInputArgumentType, _ *gsql.FunctionSignature, _ gsql.CatalogNode, _ *gsql.TypeFactory) (s *gsql.TVFSignature, err error) {
	defer bqerror.Catch(&err)
	columns := append(must(must(args[0].Relation()).Columns()),
		&gsql.TVFSchemaColumn{Name: resolved.ChangeType, Type_: c.analyzer.typeNode(types.Of(types.String))},
		&gsql.TVFSchemaColumn{Name: resolved.ChangeTimestamp, Type_: c.analyzer.typeNode(types.Of(types.Timestamp))})
	return gsql.NewTVFSignature(args, must(gsql.NewTVFRelation(columns)), &gsql.TVFSignatureOptions{})
}

// declareChanges makes APPENDS or CHANGES known, with so many arguments at least.
func (a *engine) declareChanges(name string, least int) *gsql.TableValuedFunction {
	var signatures []*gsql.FunctionSignature
	for n := least; n <= 3; n++ {
		args := []*gsql.FunctionArgumentType{must(gsql.NewFunctionArgumentTypeAnyRelation())}
		for len(args) < n {
			args = append(args, must(gsql.NewFunctionArgumentType3(a.typeNode(types.Of(types.Timestamp)), 1)))
		}
		signatures = append(signatures, must(gsql.NewFunctionSignature3(must(gsql.NewFunctionArgumentTypeAnyRelation()), args, 0)))
	}
	return must(gsql.NewTableValuedFunctionFromImpl(changeHistory{analyzer: a, name: name}, []string{name}, builtinGroup, signatures, &gsql.TableValuedFunctionOptions{}))
}

// missingTables are the table functions of BigQuery that there aren't, by name in capitals
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/table-functions-built-in).
var missingTables = []string{"GAP_FILL", "EXTERNAL_OBJECT_TRANSFORM", "EXTERNAL_QUERY", "AI.SEARCH", "AI.FORECAST"}

// builtinTable is a table function that belongs to no dataset, nil for none.
func (a *engine) builtinTable(path []string) *gsql.TableValuedFunction {
	if len(path) != 1 {
		return nil
	}
	return a.tableFunctions[strings.ToUpper(path[0])]
}

// changes copies a call of APPENDS or CHANGES.
func (c *converter) changes(s *gsql.ResolvedTVFScan, output resolved.Output, name string) resolved.Scan {
	args := must(s.ArgumentList())
	scan, ok := must(args[0].Scan()).(*gsql.ResolvedTableScan)
	if !ok {
		bqerror.Throw(bqerror.Query("The first argument of %s must be a table", name))
	}
	table := c.table(scan)
	if table.AsOf != nil {
		bqerror.Throw(bqerror.Query("The table of %s can't be read as of a time", name))
	}
	out := &resolved.Changes{Output: output, Source: table.Source, All: name == changes}
	for _, column := range c.columnList(must(args[0].ArgumentColumnList())) {
		for i, own := range table.Columns() {
			if own == column {
				out.Names = append(out.Names, table.Source.Columns[table.Indexes[i]].Name)
			}
		}
	}
	out.Names = append(out.Names, resolved.ChangeType, resolved.ChangeTimestamp)
	for _, i := range must(s.ColumnIndexList()) {
		out.Indexes = append(out.Indexes, int(i))
	}
	if len(args) > 1 {
		out.Start = c.expr(must(args[1].Expr()))
	}
	if len(args) > 2 {
		out.End = c.expr(must(args[2].Expr()))
	}
	return out
}
