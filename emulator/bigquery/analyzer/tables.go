package analyzer

import (
	"slices"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// tableCatalog answers the analyzer's questions for tables and routines of the
// analysis under way.
type tableCatalog struct {
	gsql.CatalogCallbackDefaults
	current *lookup
}

// lookup collects the tables and routines of one analysis. A table's number for the
// analyzer is its index in named, and so is a routine's, which its signature has.
type lookup struct {
	analyzer *engine
	names    resolved.Names
	named    []resolved.Named
	nodes    []any // the analyzer's form of each: *SimpleTable, *FixedOutputSchemaTVF, *Function or *Procedure
	keep     []any // kept alive
	makes    bool  // the statement makes the tables that it doesn't find
	failed   error // the first table, graph or type that wasn't found
	unfound  error // the last routine that wasn't found, which may be no call of one
}

// FullName implements the analyzer's catalog.
func (c *tableCatalog) FullName() (string, error) { return "tables", nil }

// FindTable implements the analyzer's catalog.
func (c *tableCatalog) FindTable(path []string, _ *gsql.FindOptions) (table gsql.TableNode, err error) {
	defer bqerror.Catch(&err)
	l := c.current
	if t, ok := find[*gsql.SimpleTable](l, path); ok {
		return t, nil
	}
	source, err := l.names.Table(path)
	if err != nil && l.makes {
		t := must(gsql.NewSimpleTable(strings.Join(path, "."), int64(len(l.named))))
		l.keep = append(l.keep, t)
		return t, nil
	}
	if err != nil {
		return nil, l.fail(err)
	}
	return l.addTable(path, source), nil
}

// FindTableValuedFunction implements the analyzer's catalog.
func (c *tableCatalog) FindTableValuedFunction(path []string, _ *gsql.FindOptions) (f *gsql.TableValuedFunction, err error) {
	defer bqerror.Catch(&err)
	l := c.current
	if f := l.analyzer.builtinTable(path); f != nil {
		return f, nil
	}
	if f, ok := find[*gsql.FixedOutputSchemaTVF](l, path); ok {
		return f.TableValuedFunction, nil
	}
	if name := strings.ToUpper(strings.Join(path, ".")); slices.Contains(missingTables, name) || path[0] == "ML" {
		l.failed = bqerror.Unsupported("the table function %s", name)
		return nil, l.failed
	}
	routine, err := l.names.Routine(resolved.TableFunction, path)
	if err != nil {
		l.unfound = err
		return nil, err
	}
	return l.addTableFunction(path, routine).TableValuedFunction, nil
}

// FindFunction implements the analyzer's catalog. For nil the analyzer says that the
// function isn't found, and where.
func (c *tableCatalog) FindFunction(path []string, _ *gsql.FindOptions) (f *gsql.Function, err error) {
	defer bqerror.Catch(&err)
	l := c.current
	if f, ok := find[*gsql.Function](l, path); ok {
		return f, nil
	}
	routine, err := l.names.Routine(resolved.ScalarFunction, path)
	if err != nil || routine.Template != nil {
		return nil, nil
	}
	return l.addFunction(path, routine), nil
}

// FindProcedure implements the analyzer's catalog.
func (c *tableCatalog) FindProcedure(path []string, _ *gsql.FindOptions) (f *gsql.Procedure, err error) {
	defer bqerror.Catch(&err)
	l := c.current
	routine, err := l.names.Routine(resolved.Procedure, path)
	if err != nil {
		l.unfound = err
		return nil, err
	}
	return l.addProcedure(path, routine), nil
}

// FindPropertyGraph2 implements the analyzer's catalog. There are no graphs.
func (c *tableCatalog) FindPropertyGraph2(path []string, _ *gsql.FindOptions) (gsql.PropertyGraphNode, error) {
	return nil, c.current.fail(bqerror.Unsupported("the property graph %s", strings.Join(path, ".")))
}

// FindType implements the analyzer's catalog. There are no types but the built-in ones.
func (c *tableCatalog) FindType(path []string, _ *gsql.FindOptions) (gsql.Googlesql_TypeNode, error) {
	return nil, c.current.fail(bqerror.Query("Type not found: %s", strings.Join(path, ".")))
}

// fail notes the first error of the analysis.
func (l *lookup) fail(err error) error {
	if l.failed == nil {
		l.failed = err
	}
	return err
}

// find finds what a path has named before in the statement.
func find[T any](l *lookup, path []string) (node T, ok bool) {
	for i, n := range l.named {
		if node, ok = l.nodes[i].(T); ok && slices.Equal(n.Path, path) {
			return node, true
		}
	}
	return node, false
}

func (l *lookup) add(named resolved.Named, node any) {
	l.named, l.nodes = append(l.named, named), append(l.nodes, node)
}

// addTable gives the analyzer the columns of a source.
func (l *lookup) addTable(path []string, s *resolved.Source) *gsql.SimpleTable {
	t := must(gsql.NewSimpleTable(s.Name, int64(len(l.named))))
	for i, c := range s.Columns {
		pseudo, writable := i >= s.Visible, i < s.Visible || s.Ingestion != "" && c.Name == s.Partition
		col := must(gsql.NewSimpleColumn(s.Name, c.Name, l.analyzer.typeNode(c.Type), pseudo, writable))
		check(t.AddColumn2(col, false))
		l.keep = append(l.keep, col)
	}
	l.add(resolved.Named{Path: path, Source: s}, t)
	return t
}

// addTableFunction gives the analyzer the signature of a table function.
func (l *lookup) addTableFunction(path []string, r *resolved.Routine) *gsql.FixedOutputSchemaTVF {
	columns := make([]*gsql.TVFSchemaColumn, len(r.Columns))
	for i, c := range r.Columns {
		columns[i] = &gsql.TVFSchemaColumn{Name: c.Name, Type_: l.analyzer.typeNode(c.Type)}
	}
	relation := must(gsql.NewTVFRelation(columns))
	result := must(gsql.NewFunctionArgumentTypeRelationWithSchema(relation, false))
	signature := l.analyzer.signature(result, r.Arguments, int64(len(l.named)))
	f := must(gsql.NewFixedOutputSchemaTVF(path, signature, relation, &gsql.TableValuedFunctionOptions{}))
	l.keep = append(l.keep, columns, relation, result, signature)
	l.add(resolved.Named{Path: path, Routine: r}, f)
	return f
}

// routineGroup is the group of the functions of datasets, for the analyzer.
const routineGroup = "routine"

// addFunction gives the analyzer the signature of a scalar function.
func (l *lookup) addFunction(path []string, r *resolved.Routine) *gsql.Function {
	result := must(gsql.NewFunctionArgumentType3(l.analyzer.typeNode(r.Result), 1))
	signature := l.analyzer.signature(result, r.Arguments, int64(len(l.named)))
	name := strings.Join(path, ".")
	options := &gsql.FunctionOptions{SqlName: name, AllowExternalUsage: true, ArgumentsAreCoercible: true, SupportsSafeErrorMode: true}
	f := must(gsql.NewFunction3(name, routineGroup, gsql.FunctionEnums_ModeScalar, []*gsql.FunctionSignature{signature}, options))
	l.keep = append(l.keep, result, signature)
	l.add(resolved.Named{Path: path, Routine: r}, f)
	return f
}

// addProcedure gives the analyzer the signature of a procedure.
func (l *lookup) addProcedure(path []string, r *resolved.Routine) *gsql.Procedure {
	result := must(gsql.NewFunctionArgumentType4(gsql.SignatureArgumentKindArgTypeVoid, 1))
	signature := l.analyzer.signature(result, r.Arguments, int64(len(l.named)))
	p := must(gsql.NewProcedure(path, signature))
	l.keep = append(l.keep, result, signature)
	l.add(resolved.Named{Path: path, Routine: r}, p)
	return p
}
