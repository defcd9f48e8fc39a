package analyzer

import (
	"sync"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// engine is Google's analyzer with what lives as long as the process. Its
// module runs one call at a time and must not be entered by another goroutine
// while it calls back into Go, so mu is held over a whole analysis.
type engine struct {
	mu       sync.Mutex
	language *gsql.LanguageOptions
	builtins *gsql.SimpleCatalog
	types    *gsql.TypeFactory
	tables   *tableCatalog
	catalog  gsql.CatalogNode // tables
	known    map[string]gsql.Googlesql_TypeNode
	declared []*gsql.Function // kept alive
	// tableFunctions are those that belong to no dataset, by name in capitals.
	tableFunctions map[string]*gsql.TableValuedFunction
}

// shared is the analyzer of the process, started on first use.
var shared = sync.OnceValues(newEngine)

func newEngine() (a *engine, err error) {
	defer bqerror.Catch(&err)
	check(gsql.Init())
	a = &engine{language: languageOptions(), known: map[string]gsql.Googlesql_TypeNode{}}
	a.types = must(gsql.NewTypeFactory())
	a.builtins = must(gsql.NewSimpleCatalog("builtins", a.types))
	check(a.builtins.AddBuiltinFunctionsAndTypes(&gsql.BuiltinFunctionOptions{LanguageOptions: a.language}))
	a.declareMissing()
	for _, alias := range integerAliases {
		check(a.builtins.AddType(alias, a.typeNode(types.Of(types.Int64))))
	}
	a.tableFunctions = map[string]*gsql.TableValuedFunction{
		sessionize: a.declareSessionize(), appends: a.declareChanges(appends, 1), changes: a.declareChanges(changes, 3),
	}
	a.tables = &tableCatalog{}
	a.catalog = must(gsql.NewCatalogFromImpl(a.tables))
	return a, nil
}

// integerAliases are other names of INT64
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#integer_types).
var integerAliases = []string{"INT", "SMALLINT", "INTEGER", "BIGINT", "TINYINT", "BYTEINT"}

// languageOptions are BigQuery's.
func languageOptions() *gsql.LanguageOptions {
	o := must(gsql.NewLanguageOptions())
	check(o.EnableMaximumLanguageFeatures())
	for _, f := range []gsql.LanguageFeature{
		gsql.LanguageFeatureFeatureTimestampNanos, gsql.LanguageFeatureFeatureTimestampPicos,
		gsql.LanguageFeatureFeatureTimestampPrecision, gsql.LanguageFeatureFeatureProtoBase,
		gsql.LanguageFeatureFeatureDisallowGroupByFloat, gsql.LanguageFeatureFeatureDisableOuterJoinArray,
		// Arrays are groupable only, and JSON is not even that
		// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#data_type_properties).
		gsql.LanguageFeatureFeatureArrayEquality, gsql.LanguageFeatureFeatureArrayOrdering,
		gsql.LanguageFeatureFeatureArrayGreatestLeast, gsql.LanguageFeatureFeatureJsonTypeComparison,
		gsql.LanguageFeatureFeatureForUpdate,
		// BIT_AND, BIT_OR and BIT_XOR take INT64
		// (https://cloud.google.com/bigquery/docs/reference/standard-sql/aggregate_functions#bit_and).
		gsql.LanguageFeatureFeatureBitwiseAggregateBytesSignatures,
	} {
		check(o.DisableLanguageFeature(f))
	}
	for _, f := range []gsql.LanguageFeature{ // that aren't among the maximum
		gsql.LanguageFeatureFeatureCreateTableClone, gsql.LanguageFeatureFeatureCreateSnapshotTable,
		gsql.LanguageFeatureFeatureAlterColumnSetDataType, gsql.LanguageFeatureFeatureCreateExternalTableWithPartitionColumns,
		gsql.LanguageFeatureFeatureAnnotationFramework, gsql.LanguageFeatureFeatureCollationSupport,
		gsql.LanguageFeatureFeatureLikeAnySomeAllArray, gsql.LanguageFeatureFeatureLikeAnySomeAllSubquery,
	} {
		check(o.EnableLanguageFeature(f))
	}
	// All kinds of statements but the older form of ALTER TABLE … SET OPTIONS, which the
	// binding can't read.
	for kind := gsql.ResolvedNodeKindResolvedExplainStmt; kind <= gsql.ResolvedNodeKindResolvedStatementWithPipeOperatorsStmt; kind++ {
		if kind != gsql.ResolvedNodeKindResolvedAlterTableSetOptionsStmt {
			check(o.AddSupportedStatementKind(kind))
		}
	}
	check(o.SetSupportedGenericEntityTypes([]string{dataPolicy}))
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
	gsql.ResolvedASTRewriteRewriteMultiwayUnnest,
}

// analyzerOptions are the options of one analysis.
func (a *engine) analyzerOptions(req *resolved.Request, unfolded bool) *gsql.AnalyzerOptions {
	o := must(gsql.NewAnalyzerOptions(a.language))
	for r := gsql.ResolvedASTRewriteRewriteFlatten; r <= gsql.ResolvedASTRewriteRewriteVariadicFunctionSignatureExpander; r++ {
		_ = o.EnableRewrite(r, false) // not every number is a rewrite
	}
	for _, r := range rewrites {
		check(o.EnableRewrite(r, true))
	}
	check(o.SetErrorMessageMode(gsql.ErrorMessageModeErrorMessageOneLine))
	// The binding can't be told of another zone than UTC for what a literal of a TIMESTAMP says, and loses the sign of -0.0.
	if req.Zone != "" || negativeZero.MatchString(req.SQL) {
		check(o.SetParseLocationRecordType(gsql.ParseLocationRecordTypeParseLocationRecordFullNodeScope))
	}
	check(o.SetPruneUnusedColumns(true))
	check(o.SetFoldLiteralCast(!unfolded))
	check(o.SetDefaultTimeZone(&gsql.TimeZone{})) // the zero value is UTC; the analyzer has no other constructor
	check(o.SetCreateNewColumnForEachProjectedOutput(false))
	check(o.SetPreserveColumnAliases(true))
	for _, variables := range []map[systemName]types.Kind{systemVariables, missingVariables} {
		for name, t := range variables {
			check(o.AddSystemVariable(name.path(), a.typeNode(types.Of(t))))
		}
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
func (a *engine) catalogFor(req *resolved.Request) (gsql.CatalogNode, []any) {
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
