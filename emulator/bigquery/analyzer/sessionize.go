package analyzer

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// sessionize is the table function of BigQuery that the analyzer lacks
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/range-functions#range_sessionize).
const sessionize = "RANGE_SESSIONIZE"

// sessionColumn is what RANGE_SESSIONIZE adds to the columns of its table.
const sessionColumn = "session_range"

// sessionizer tells the analyzer the columns that a call returns.
type sessionizer struct {
	gsql.TableValuedFunctionCallbackDefaults
}

// DebugString implements the analyzer's table function.
func (sessionizer) DebugString() (string, error) { return sessionize, nil }

// Resolve implements the analyzer's table function.
func (sessionizer) Resolve(_ *gsql.AnalyzerOptions, args []*gsql.TVFInputArgumentType, _ *gsql.FunctionSignature, _ gsql.CatalogNode, _ *gsql.TypeFactory) (s *gsql.TVFSignature, err error) {
	defer bqerror.Catch(&err)
	columns := must(must(args[0].Relation()).Columns())
	name := must(must(must(args[1].GetScalarArgType()).LiteralValue()).StringValue())
	for _, c := range columns {
		if !strings.EqualFold(c.Name, name) {
			continue
		}
		if must(c.Type_.Kind()) != gsql.TypeKindTypeRange {
			return nil, fmt.Errorf("the column %s of %s is no RANGE", name, sessionize)
		}
		columns = append(columns, &gsql.TVFSchemaColumn{Name: sessionColumn, Type_: c.Type_})
		return gsql.NewTVFSignature(args, must(gsql.NewTVFRelation(columns)), &gsql.TVFSignatureOptions{})
	}
	return nil, fmt.Errorf("the table of %s has no column %s", sessionize, name)
}

// declareSessionize makes RANGE_SESSIONIZE known, with and without its last argument.
func (a *engine) declareSessionize() *gsql.TableValuedFunction {
	text := func(t *types.Type) *gsql.FunctionArgumentType {
		return must(gsql.NewFunctionArgumentType3(a.typeNode(t), 1))
	}
	var signatures []*gsql.FunctionSignature
	for n := 3; n <= 4; n++ {
		relation, name := must(gsql.NewFunctionArgumentTypeAnyRelation()), types.Of(types.String)
		args := []*gsql.FunctionArgumentType{relation, text(name), text(types.ArrayOf(name)), text(name)}
		signatures = append(signatures, must(gsql.NewFunctionSignature3(must(gsql.NewFunctionArgumentTypeAnyRelation()), args[:n], 0)))
	}
	return must(gsql.NewTableValuedFunctionFromImpl(sessionizer{}, []string{sessionize}, builtinGroup, signatures, &gsql.TableValuedFunctionOptions{}))
}

// sessionize copies a call of RANGE_SESSIONIZE.
func (c *converter) sessionize(s *gsql.ResolvedTVFScan, output resolved.Output) resolved.Scan {
	args := must(s.ArgumentList())
	out := &resolved.Sessionize{Output: output, Input: c.scan(must(args[0].Scan())), From: c.columnList(must(args[0].ArgumentColumnList()))}
	for _, i := range must(s.ColumnIndexList()) {
		out.Indexes = append(out.Indexes, int(i))
	}
	texts := make([]any, len(args))
	for i, a := range args[1:] {
		texts[i+1] = c.constant(must(a.Expr()))
	}
	position := func(name any) int {
		text, _ := name.(string)
		for i, column := range out.From {
			if strings.EqualFold(column.Name, text) {
				return i
			}
		}
		bqerror.Throw(bqerror.Query("The table of %s has no column %q", sessionize, text))
		return 0
	}
	out.Range = position(texts[1])
	list, _ := texts[2].([]any)
	for _, name := range list {
		out.Partition = append(out.Partition, position(name))
	}
	if len(args) > 3 {
		mode, _ := texts[3].(string)
		switch strings.ToUpper(mode) {
		case "MEETS":
		case "OVERLAPS":
			out.Overlaps = true
		default:
			bqerror.Throw(bqerror.Query("Could not cast literal %q to type RANGE_SESSIONIZE_MODE at [%s]", mode, c.at(mode)))
		}
	}
	return out
}

// at is where a string literal stands in the statement, line:column.
func (c *converter) at(literal string) string {
	for _, quote := range []string{"'", `"`} {
		if before, _, ok := strings.Cut(c.sql, quote+literal+quote); ok {
			line := before[strings.LastIndexByte(before, '\n')+1:]
			return fmt.Sprintf("%d:%d", strings.Count(before, "\n")+1, len(line)+1)
		}
	}
	return "1:1"
}
