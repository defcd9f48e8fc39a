// Package translate turns GoogleSQL into DuckDB's SQL: Google's own analyzer
// resolves names and types, and the resolved tree, never the text, is
// translated. Whatever isn't translated exactly is refused by its name.
//
// It runs nothing and holds no data. No other package may import the analyzer.
package translate

import (
	"fmt"
	"runtime"
	"sync"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// analyzer is Google's analyzer with what lives as long as the process. Its
// module runs one call at a time and must not be entered by another goroutine
// while it calls back into Go, so mu is held over a whole analysis.
type analyzer struct {
	mu       sync.Mutex
	language *gsql.LanguageOptions
	builtins *gsql.SimpleCatalog
	types    *gsql.TypeFactory
	tables   *tableCatalog
	catalog  gsql.CatalogNode // tables
	known    map[string]gsql.Googlesql_TypeNode
	declared []*gsql.Function // kept alive
}

// shared is the analyzer of the process, started on first use.
var shared = sync.OnceValues(newAnalyzer)

func newAnalyzer() (a *analyzer, err error) {
	defer catch(&err)
	check(gsql.Init())
	a = &analyzer{language: languageOptions(), known: map[string]gsql.Googlesql_TypeNode{}}
	a.types = must(gsql.NewTypeFactory())
	a.builtins = must(gsql.NewSimpleCatalog("builtins", a.types))
	check(a.builtins.AddBuiltinFunctionsAndTypes(&gsql.BuiltinFunctionOptions{LanguageOptions: a.language}))
	addFunctions(a)
	a.tables = &tableCatalog{}
	a.catalog = must(gsql.NewCatalogFromImpl(a.tables))
	return a, nil
}

// languageOptions are BigQuery's.
func languageOptions() *gsql.LanguageOptions {
	o := must(gsql.NewLanguageOptions())
	check(o.EnableMaximumLanguageFeatures())
	for _, f := range []gsql.LanguageFeature{
		gsql.LanguageFeatureFeatureTimestampNanos, gsql.LanguageFeatureFeatureTimestampPicos,
		gsql.LanguageFeatureFeatureTimestampPrecision, gsql.LanguageFeatureFeatureProtoBase,
		gsql.LanguageFeatureFeatureDisallowGroupByFloat, gsql.LanguageFeatureFeatureDisableOuterJoinArray,
	} {
		check(o.DisableLanguageFeature(f))
	}
	check(o.SetSupportsAllStatementKinds())
	check(o.SetProductMode(gsql.ProductModeProductExternal))
	check(o.SetNameResolutionMode(gsql.NameResolutionModeNameResolutionDefault))
	check(o.EnableReservableKeyword("QUALIFY", true))
	return o
}

// rewrites are the constructs that the analyzer itself expresses in others.
var rewrites = []gsql.ResolvedASTRewrite{
	gsql.ResolvedASTRewriteRewritePivot, gsql.ResolvedASTRewriteRewriteUnpivot,
	gsql.ResolvedASTRewriteRewriteFlatten, gsql.ResolvedASTRewriteRewriteTypeofFunction,
	gsql.ResolvedASTRewriteRewriteNulliferrorFunction, gsql.ResolvedASTRewriteRewriteGroupingSet,
	gsql.ResolvedASTRewriteRewriteMultiwayUnnest, gsql.ResolvedASTRewriteRewriteIsFirstIsLastFunction,
}

// analyzerOptions are the options of one analysis.
func (a *analyzer) analyzerOptions(req *Request) *gsql.AnalyzerOptions {
	o := must(gsql.NewAnalyzerOptions(a.language))
	for r := gsql.ResolvedASTRewriteRewriteFlatten; r <= gsql.ResolvedASTRewriteRewriteVariadicFunctionSignatureExpander; r++ {
		_ = o.EnableRewrite(r, false) // not every number is a rewrite
	}
	for _, r := range rewrites {
		check(o.EnableRewrite(r, true))
	}
	check(o.SetErrorMessageMode(gsql.ErrorMessageModeErrorMessageOneLine))
	check(o.SetPruneUnusedColumns(true))
	check(o.SetFoldLiteralCast(!req.unfolded))
	check(o.SetDefaultTimeZone(&gsql.TimeZone{})) // the zero value is UTC; the analyzer has no other constructor
	check(o.SetCreateNewColumnForEachProjectedOutput(false))
	check(o.SetPreserveColumnAliases(true))
	for name, t := range systemVariables {
		check(o.AddSystemVariable(name.path(), a.typeNode(types.Of(t))))
	}
	if req.Positional {
		check(o.SetParameterMode(gsql.ParameterModeParameterPositional))
		for _, p := range req.Parameters {
			check(o.AddPositionalQueryParameter(a.typeNode(p.Type)))
		}
		return o
	}
	for _, p := range req.Parameters {
		check(o.AddQueryParameter(p.Name, a.typeNode(p.Type)))
	}
	return o
}

// catalogFor joins built-in functions, the variables of a script and tables.
func (a *analyzer) catalogFor(req *Request) (gsql.CatalogNode, []any) {
	var keep []any
	list := []gsql.CatalogNode{a.builtins}
	if len(req.Variables)+len(req.Functions) > 0 {
		vars := must(gsql.NewSimpleCatalog("variables", a.types))
		for _, v := range req.Variables {
			null := must(gsql.NewValueNull(a.typeNode(v.Type)))
			c := must(gsql.NewSimpleConstantCreate([]string{v.Name}, null))
			check(vars.AddConstant(c))
			keep = append(keep, null, c)
		}
		keep = append(keep, vars, a.declareFunctions(vars, req.Functions))
		list = append(list, vars)
	}
	return must(gsql.NewMultiCatalogCreate("query", append(list, a.catalog))), keep
}

// tableCatalog answers the analyzer's questions for tables of the analysis
// under way.
type tableCatalog struct {
	gsql.CatalogCallbackDefaults
	current *lookup
}

// lookup collects the tables of one analysis.
type lookup struct {
	analyzer *analyzer
	resolve  func(path []string) (*Source, error)
	sources  []*Source
	paths    [][]string
	nodes    []*gsql.SimpleTable
	columns  []*gsql.SimpleColumn
	failed   error // the first table that wasn't found
}

// FullName implements the analyzer's catalog.
func (c *tableCatalog) FullName() (string, error) { return "tables", nil }

// FindTable implements the analyzer's catalog.
func (c *tableCatalog) FindTable(path []string, _ *gsql.FindOptions) (table gsql.TableNode, err error) {
	defer catch(&err)
	l := c.current
	for i, p := range l.paths {
		if equalPath(p, path) {
			return l.nodes[i], nil
		}
	}
	source, err := l.resolve(path)
	if err != nil {
		if l.failed == nil {
			l.failed = err
		}
		return nil, err
	}
	return l.add(path, source), nil
}

// add gives the analyzer the columns of a source.
func (l *lookup) add(path []string, s *Source) *gsql.SimpleTable {
	id := int64(len(l.sources))
	t := must(gsql.NewSimpleTable(s.Name, id))
	for i, c := range s.Columns {
		col := must(gsql.NewSimpleColumn(s.Name, c.Name, l.analyzer.typeNode(c.Type), i >= s.Visible, i < s.Visible))
		check(t.AddColumn2(col, false))
		l.columns = append(l.columns, col)
	}
	l.sources, l.paths, l.nodes = append(l.sources, s), append(l.paths, path), append(l.nodes, t)
	return t
}

func equalPath(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// analyze resolves one statement and hands the tree to use, while everything
// that the tree points to is alive. The caller holds a.mu.
func (a *analyzer) analyze(req *Request, sql string, use func(*lookup, gsql.ResolvedStatementNode)) error {
	catalog, keep := a.catalogFor(req)
	options := a.analyzerOptions(req)
	outer := a.tables.current
	l := &lookup{analyzer: a, resolve: req.Resolve}
	a.tables.current = l
	out, err := gsql.AnalyzeStatement(sql, options, catalog, a.types)
	a.tables.current = outer
	if err != nil {
		if l.failed != nil {
			return l.failed
		}
		return analysisError(err)
	}
	use(l, must(out.ResolvedStatement()))
	runtime.KeepAlive(out)
	runtime.KeepAlive(options)
	runtime.KeepAlive(catalog)
	runtime.KeepAlive(keep)
	runtime.KeepAlive(l)
	return nil
}

// typeNode is the analyzer's form of a type. Types live as long as their
// factory, so each is made once.
func (a *analyzer) typeNode(t *types.Type) gsql.Googlesql_TypeNode {
	key := t.String()
	if node := a.known[key]; node != nil {
		return node
	}
	node := a.newTypeNode(t)
	a.known[key] = node
	return node
}

func (a *analyzer) newTypeNode(t *types.Type) gsql.Googlesql_TypeNode {
	switch t.Kind {
	case types.Array:
		return must(a.types.MakeArrayType(a.typeNode(t.Elem)))
	case types.Struct:
		fields := make([]*gsql.StructField, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = &gsql.StructField{Name: f.Name, Type_: a.typeNode(f.Type)}
		}
		return must(a.types.MakeStructType(fields))
	default:
		kind, ok := typeKinds[t.Kind]
		if !ok {
			fail(fmt.Errorf("type %s has no counterpart in the analyzer", t))
		}
		return must(a.types.MakeSimpleType(kind))
	}
}

// typeKinds are the analyzer's kinds of simple types.
var typeKinds = map[types.Kind]gsql.TypeKind{
	types.Int64:      gsql.TypeKindTypeInt64,
	types.Float64:    gsql.TypeKindTypeDouble,
	types.Bool:       gsql.TypeKindTypeBool,
	types.String:     gsql.TypeKindTypeString,
	types.Bytes:      gsql.TypeKindTypeBytes,
	types.Date:       gsql.TypeKindTypeDate,
	types.Time:       gsql.TypeKindTypeTime,
	types.Datetime:   gsql.TypeKindTypeDatetime,
	types.Timestamp:  gsql.TypeKindTypeTimestamp,
	types.Numeric:    gsql.TypeKindTypeNumeric,
	types.BigNumeric: gsql.TypeKindTypeBignumeric,
	types.JSON:       gsql.TypeKindTypeJson,
	types.Interval:   gsql.TypeKindTypeInterval,
	types.Geography:  gsql.TypeKindTypeGeography,
}

// kindsOf inverts typeKinds.
var kindsOf = func() map[gsql.TypeKind]types.Kind {
	m := map[gsql.TypeKind]types.Kind{}
	for k, n := range typeKinds {
		m[n] = k
	}
	return m
}()

// typeOf reads a type of the analyzer.
func typeOf(node gsql.Googlesql_TypeNode) *types.Type {
	kind := must(node.Kind())
	switch kind {
	case gsql.TypeKindTypeArray:
		return types.ArrayOf(typeOf(must(must(node.AsArray()).ElementType())))
	case gsql.TypeKindTypeStruct:
		t := types.Of(types.Struct)
		for _, f := range must(must(node.AsStruct()).Fields()) {
			t.Fields = append(t.Fields, types.Field{Name: f.Name, Type: typeOf(f.Type_)})
		}
		return t
	case gsql.TypeKindTypeEnum, gsql.TypeKindTypeInt32:
		return types.Of(types.Int64) // date parts and JSON modes, only ever arguments
	}
	k, ok := kindsOf[kind]
	if !ok {
		unsupported("type %s", must(node.DebugString(false)))
	}
	return types.Of(k)
}
