package translate

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// partition reads a PARTITION BY clause.
func (t *translator) partition(list []gsql.ResolvedExprNode, pseudo []*gsql.ResolvedColumn) *Partition {
	if len(list) == 0 {
		return nil
	}
	if len(list) > 1 {
		fail(bqerror.Query("PARTITION BY expression must be a single column or function of a column"))
	}
	p := partitionOf(t, list[0])
	if strings.HasPrefix(strings.ToUpper(p.Column), "_PARTITION") {
		p.Column = ""
	}
	return p
}

func partitionOf(t *translator, e gsql.ResolvedExprNode) *Partition {
	switch x := e.(type) {
	case *gsql.ResolvedColumnRef:
		return &Partition{Type: "DAY", Column: must(must(x.Column()).Name())}
	case *gsql.ResolvedFunctionCall:
		c := t.newCall(x.ResolvedFunctionCallBase)
		args := must(x.ArgumentList())
		switch c.name {
		case "date", "$extract_date":
			return partitionOf(t, args[0])
		case "timestamp_trunc", "date_trunc", "datetime_trunc":
			p := partitionOf(t, args[0])
			p.Type = strings.ToUpper(literalText(must(args[1].(*gsql.ResolvedLiteral).Value()), t))
			return p
		case "range_bucket":
			return t.rangePartition(args)
		}
	}
	unsupported("this PARTITION BY expression")
	return nil
}

// rangePartition reads RANGE_BUCKET(column, GENERATE_ARRAY(start, end, step)).
func (t *translator) rangePartition(args []gsql.ResolvedExprNode) *Partition {
	p := partitionOf(t, args[0])
	p.Type = "RANGE"
	g, ok := args[1].(*gsql.ResolvedFunctionCall)
	if !ok {
		unsupported("RANGE_BUCKET without GENERATE_ARRAY in PARTITION BY")
	}
	bounds := make([]int64, 0, 3)
	for _, a := range must(g.ArgumentList()) {
		n, ok := t.constant(a).(int64)
		if !ok {
			unsupported("bounds of PARTITION BY that aren't integers")
		}
		bounds = append(bounds, n)
	}
	if len(bounds) == 2 {
		bounds = append(bounds, 1)
	}
	p.Start, p.End, p.Step = bounds[0], bounds[1], bounds[2]
	return p
}

// cluster reads a CLUSTER BY clause.
func (t *translator) cluster(list []gsql.ResolvedExprNode) []string {
	var names []string
	for _, e := range list {
		r, ok := e.(*gsql.ResolvedColumnRef)
		if !ok {
			unsupported("CLUSTER BY an expression")
		}
		names = append(names, must(must(r.Column()).Name()))
	}
	return names
}

// created is what CREATE statements have in common.
type created interface {
	NamePath() ([]string, error)
	CreateMode() (gsql.ResolvedCreateStatementEnums_CreateMode, error)
}

func (t *translator) createView(c created, s *gsql.ResolvedCreateViewBase) {
	d := t.newDDL("CREATE_VIEW", CreateView, must(c.NamePath()))
	t.createMode(d, must(c.CreateMode()))
	d.Options = t.options(must(s.OptionList()))
	d.View = must(s.Sql())
	_, d.Columns = t.query(must(s.Query()), must(s.OutputColumnList()), must(s.IsValueTable()))
	t.shared.parameters = nil
	if must(s.HasExplicitColumns()) {
		for i, def := range must(s.ColumnDefinitionList()) {
			d.Columns[i].Name = must(def.Name())
		}
	}
}

func (t *translator) drop(s *gsql.ResolvedDropStmt) {
	kind := strings.ToUpper(must(s.ObjectType()))
	action, ok := map[string]DDLAction{"TABLE": DropTable, "VIEW": DropView, "MATERIALIZED VIEW": DropView, "SCHEMA": DropSchema}[kind]
	if !ok {
		unsupported("DROP %s", kind)
	}
	d := t.newDDL("DROP_"+strings.ReplaceAll(kind, " ", "_"), action, must(s.NamePath()))
	d.IfExists = must(s.IsIfExists())
	d.Cascade = must(s.DropMode()) == gsql.ResolvedDropStmtEnums_DropModeCascade
}

func (t *translator) alter(kind string, action DDLAction, path []string, ifExists bool, list []gsql.ResolvedAlterActionNode) {
	d := t.newDDL(kind, action, path)
	d.IfExists = ifExists
	for _, a := range list {
		d.Alter = append(d.Alter, t.alterAction(a))
	}
}

func (t *translator) alterAction(node gsql.ResolvedAlterActionNode) Alter {
	switch a := node.(type) {
	case *gsql.ResolvedAddColumnAction:
		c, options := t.definition(must(a.ColumnDefinition()))
		return Alter{Action: AddColumn, Column: c, Options: options, If: must(a.IsIfNotExists())}
	case *gsql.ResolvedDropColumnAction:
		return Alter{Action: DropColumn, Name: must(a.Name()), If: must(a.IsIfExists())}
	case *gsql.ResolvedRenameColumnAction:
		return Alter{Action: RenameColumn, Name: must(a.Name()), NewName: must(a.NewName()), If: must(a.IsIfExists())}
	case *gsql.ResolvedRenameToAction:
		path := must(a.NewPath())
		return Alter{Action: RenameTable, NewName: path[len(path)-1]}
	case *gsql.ResolvedSetOptionsAction:
		return Alter{Action: SetOptions, Options: t.options(must(a.OptionList()))}
	case *gsql.ResolvedAlterColumnOptionsAction:
		return Alter{Action: SetColumnOptions, Name: must(a.Column()), Options: t.options(must(a.OptionList())), If: must(a.IsIfExists())}
	case *gsql.ResolvedAlterColumnDropNotNullAction:
		return Alter{Action: DropNotNull, Name: must(a.Column()), If: must(a.IsIfExists())}
	case *gsql.ResolvedAlterColumnSetDefaultAction:
		alter := Alter{Action: SetDefault, Name: must(a.Column()), If: must(a.IsIfExists())}
		alter.Column.Default = must(must(a.DefaultValue()).Sql())
		return alter
	case *gsql.ResolvedAlterColumnDropDefaultAction:
		return Alter{Action: DropDefault, Name: must(a.Column()), If: must(a.IsIfExists())}
	case *gsql.ResolvedAlterColumnSetDataTypeAction:
		alter := Alter{Action: SetType, Name: must(a.Column()), If: must(a.IsIfExists())}
		alter.Column.Type = typeOf(must(a.UpdatedType()))
		return alter
	}
	unsupported("ALTER with %s", strings.TrimPrefix(must(node.NodeKindString()), "Resolved"))
	return Alter{}
}
