package translate

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// DDL is a change of the catalog. Names are paths as the statement writes them.
type DDL struct {
	Action        DDLAction
	Path          []string
	Temporary     bool
	Replace       bool
	IfNotExists   bool
	IfExists      bool
	Cascade       bool
	Columns       []types.Field  // with descriptions in ColumnOptions
	Options       map[string]any // string, int64, float64, bool, []any, map[string]string for labels, nil for NULL
	ColumnOptions map[string]map[string]any
	Partition     *Partition
	Cluster       []string
	View          string // query of a view
	Materialized  bool
	Like          *Source // of CREATE TABLE … LIKE, COPY or CLONE
	Copy          bool    // rows too
	Alter         []Alter
}

// DDLAction says what a DDL does.
type DDLAction int

// The actions of DDL. CreateTable of a query has it as a Query step.
const (
	CreateTable DDLAction = iota + 1
	CreateView
	CreateSchema
	DropTable
	DropView
	DropSchema
	AlterTable
	AlterView
	AlterSchema
)

// Partition is a PARTITION BY clause.
type Partition struct {
	Type             string // DAY, HOUR, MONTH, YEAR or RANGE
	Column           string // "" for ingestion time
	Start, End, Step int64  // of RANGE
}

// Alter is one action of an ALTER statement.
type Alter struct {
	Action  AlterAction
	Column  types.Field
	Name    string // of a column, or the table's new one
	NewName string
	Options map[string]any
	If      bool // IF EXISTS or IF NOT EXISTS
}

// AlterAction says what an Alter does.
type AlterAction int

// The actions of ALTER.
const (
	AddColumn AlterAction = iota + 1
	DropColumn
	RenameColumn
	RenameTable
	SetOptions
	SetColumnOptions
	DropNotNull
	SetDefault
	DropDefault
	SetType
)

// ddl translates a DDL statement; it reports whether stmt is one.
func (t *translator) ddl(stmt gsql.ResolvedStatementNode) bool {
	switch s := stmt.(type) {
	case *gsql.ResolvedCreateTableStmt:
		t.createTable(s)
	case *gsql.ResolvedCreateTableAsSelectStmt:
		t.createTableAs(s)
	case *gsql.ResolvedCreateViewStmt:
		t.createView(s, s.ResolvedCreateViewBase)
	case *gsql.ResolvedCreateMaterializedViewStmt:
		t.createView(s, s.ResolvedCreateViewBase)
		t.plan.Kind, t.plan.DDL.Materialized = "CREATE_MATERIALIZED_VIEW", true
	case *gsql.ResolvedCreateSchemaStmt:
		d := t.newDDL("CREATE_SCHEMA", CreateSchema, must(s.NamePath()))
		t.createMode(d, must(s.CreateMode()))
		d.Options = t.options(must(s.OptionList()))
	case *gsql.ResolvedCreateFunctionStmt:
		t.createFunction(s)
	case *gsql.ResolvedDropStmt:
		t.drop(s)
	case *gsql.ResolvedAlterTableStmt:
		t.alter("ALTER_TABLE", AlterTable, must(s.NamePath()), must(s.IsIfExists()), must(s.AlterActionList()))
	case *gsql.ResolvedAlterViewStmt:
		t.alter("ALTER_VIEW", AlterView, must(s.NamePath()), must(s.IsIfExists()), must(s.AlterActionList()))
	case *gsql.ResolvedAlterSchemaStmt:
		t.alter("ALTER_SCHEMA", AlterSchema, must(s.NamePath()), must(s.IsIfExists()), must(s.AlterActionList()))
	default:
		return false
	}
	return true
}

func (t *translator) newDDL(kind string, action DDLAction, path []string) *DDL {
	d := &DDL{Action: action, Path: path}
	t.plan.Kind, t.plan.DDL = kind, d
	return d
}

func (t *translator) createMode(d *DDL, mode gsql.ResolvedCreateStatementEnums_CreateMode) {
	d.Replace = mode == gsql.ResolvedCreateStatementEnums_CreateModeCreateOrReplace
	d.IfNotExists = mode == gsql.ResolvedCreateStatementEnums_CreateModeCreateIfNotExists
}

func (t *translator) createTable(s *gsql.ResolvedCreateTableStmt) {
	d := t.newDDL("CREATE_TABLE", CreateTable, must(s.NamePath()))
	t.createMode(d, must(s.CreateMode()))
	d.Temporary = must(s.CreateScope()) == gsql.ResolvedCreateStatementEnums_CreateScopeCreateTemp
	t.definitions(d, must(s.ColumnDefinitionList()))
	d.Options = t.options(must(s.OptionList()))
	d.Partition = t.partition(must(s.PartitionByList()), must(s.PseudoColumnList()))
	d.Cluster = t.cluster(must(s.ClusterByList()))
	for _, from := range []gsql.ResolvedScanNode{must(s.CloneFrom()), must(s.CopyFrom())} {
		if from == nil {
			continue
		}
		scan, ok := from.(*gsql.ResolvedTableScan)
		if !ok {
			unsupported("COPY of something that isn't a table")
		}
		d.Like, d.Copy = t.source(must(scan.Table())), true
	}
	if like := must(s.LikeTable()); like != nil {
		d.Like = t.source(like)
	}
}

func (t *translator) createTableAs(s *gsql.ResolvedCreateTableAsSelectStmt) {
	d := t.newDDL("CREATE_TABLE_AS_SELECT", CreateTable, must(s.NamePath()))
	t.createMode(d, must(s.CreateMode()))
	d.Temporary = must(s.CreateScope()) == gsql.ResolvedCreateStatementEnums_CreateScopeCreateTemp
	t.definitions(d, must(s.ColumnDefinitionList()))
	d.Options = t.options(must(s.OptionList()))
	d.Partition = t.partition(must(s.PartitionByList()), must(s.PseudoColumnList()))
	d.Cluster = t.cluster(must(s.ClusterByList()))
	sql, columns := t.query(must(s.Query()), must(s.OutputColumnList()), false)
	if len(columns) != len(d.Columns) {
		unsupported("CREATE TABLE AS SELECT AS STRUCT")
	}
	t.step(Query, sql)
}

// definitions reads column definitions.
func (t *translator) definitions(d *DDL, list []*gsql.ResolvedColumnDefinition) {
	d.ColumnOptions = map[string]map[string]any{}
	for _, def := range list {
		c, options := t.definition(def)
		d.Columns = append(d.Columns, c)
		if len(options) > 0 {
			d.ColumnOptions[c.Name] = options
		}
	}
}

func (t *translator) definition(def *gsql.ResolvedColumnDefinition) (types.Field, map[string]any) {
	c := types.Field{Name: must(def.Name()), Type: typeOf(must(def.Type()))}
	if must(def.GeneratedColumnInfo()) != nil {
		unsupported("the generated column %s", c.Name)
	}
	var options map[string]any
	if a := must(def.Annotations()); a != nil {
		c.Required = must(a.NotNull())
		options = t.options(must(a.OptionList()))
	}
	if v := must(def.DefaultValue()); v != nil {
		c.Default = must(v.Sql())
	}
	return c, options
}

// options reads an OPTIONS list, whose values must be constants.
func (t *translator) options(list []*gsql.ResolvedOption) map[string]any {
	if len(list) == 0 {
		return nil
	}
	m := map[string]any{}
	for _, o := range list {
		m[strings.ToLower(must(o.Name()))] = t.constant(must(o.Value()))
	}
	return m
}

// constant is the value of a constant expression.
func (t *translator) constant(e gsql.ResolvedExprNode) any {
	switch x := e.(type) {
	case *gsql.ResolvedLiteral:
		return goValue(must(x.Value()))
	case *gsql.ResolvedCast:
		return t.constant(must(x.Expr()))
	case *gsql.ResolvedMakeStruct:
		var list []any
		for _, f := range must(x.FieldList()) {
			list = append(list, t.constant(f))
		}
		return list
	case *gsql.ResolvedFunctionCall:
		if c := t.newCall(x.ResolvedFunctionCallBase); c.name == "$make_array" {
			list := []any{}
			for _, a := range must(x.ArgumentList()) {
				list = append(list, t.constant(a))
			}
			return list
		}
	}
	unsupported("an option whose value isn't a constant")
	return nil
}

// goValue is a literal as a Go value.
func goValue(v *gsql.Value) any {
	if must(v.IsNull()) {
		return nil
	}
	switch must(v.TypeKind()) {
	case gsql.TypeKindTypeInt64:
		return must(v.Int64Value())
	case gsql.TypeKindTypeDouble:
		return must(v.DoubleValue())
	case gsql.TypeKindTypeBool:
		return must(v.BoolValue())
	case gsql.TypeKindTypeString:
		return must(v.StringValue())
	case gsql.TypeKindTypeTimestamp:
		return must(v.ToUnixMicros())
	case gsql.TypeKindTypeNumeric:
		return must(must(v.NumericValue()).ToDouble())
	case gsql.TypeKindTypeArray:
		return goValues(must(v.Elements()))
	case gsql.TypeKindTypeStruct:
		return goValues(must(v.Fields()))
	}
	unsupported("an option of this type")
	return nil
}

func goValues(list []*gsql.Value) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = goValue(v)
	}
	return out
}
