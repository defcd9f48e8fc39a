package engine

import (
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/infoschema"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// names resolves the names of tables in a query.
type names struct {
	engine         *Engine
	project        string
	defaultProject string
	defaultDataset string
	temps          map[string]*tempTable       // by name; nil for a view's query
	seen           seen                        // views and functions that were named; nil: they aren't noted
	caller         string                      // whose rows are seen, "" for those of anonymous
	bare           *catalog.Table              // whose row access policies don't hold
	looked         map[TableRef]*catalog.Table // tables that were named
	past           map[TableRef]*catalog.Table // what tables were that are read as of a time
}

var _ resolved.Names = (*names)(nil)

// In implements resolved.Names.
func (n *names) In(project string) resolved.Names { return n.of(project) }

func (n *names) of(project string) *names {
	return &names{engine: n.engine, project: project, defaultProject: project, seen: n.seen, caller: n.caller, past: n.past}
}

// parts splits a path whose elements may be quoted as one.
func parts(path []string) []string {
	return strings.Split(strings.Join(path, "."), ".")
}

// Table implements resolved.Names.
func (n *names) Table(path []string) (*resolved.Source, error) {
	p := parts(path)
	if i := indexFold(p, "INFORMATION_SCHEMA"); i >= 0 && i == len(p)-2 {
		return n.informationSchema(p[:i], strings.ToUpper(p[i+1]))
	}
	if temp := n.temp(p); temp != nil {
		return temp.source(), nil
	}
	ref, err := n.ref(p)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(ref.Table, "*") {
		return n.wildcard(ref)
	}
	if ref.Table == infoschema.MetaTable {
		d, err := n.engine.Catalog.Dataset(ref.DatasetRef())
		if err != nil {
			return nil, err
		}
		return infoschema.Meta(d), nil
	}
	t, err := n.engine.Catalog.Table(ref)
	if err != nil {
		return nil, err
	}
	if n.looked == nil {
		n.looked = map[TableRef]*catalog.Table{}
	}
	n.looked[ref] = t
	if was := n.past[ref]; was != nil {
		s := tableSource(was)
		s.Former, s.Fingerprint = true, "former "+s.Fingerprint
		n.restrict(s, t)
		return s, nil
	}
	s := tableSource(t)
	n.restrict(s, t)
	if t.IsView() {
		if columns, known := n.present(view(t)); known {
			s.Columns, s.Visible = columns, len(columns)
			s.Fingerprint += fmt.Sprintf(" %v", shape(columns))
		}
	}
	return s, nil
}

// present are the columns of a view or a function, as far as they are known.
func (n *names) present(d definition) (columns []types.Field, known bool) {
	if n.seen != nil {
		n.seen[d.id] = d
	}
	return n.engine.views.present(d)
}

func indexFold(list []string, want string) int {
	for i, s := range list {
		if strings.EqualFold(s, want) {
			return i
		}
	}
	return -1
}

// temp finds a temporary table, by its bare name or in _SESSION.
func (n *names) temp(p []string) *tempTable {
	switch {
	case len(p) == 1:
		return n.temps[p[0]]
	case len(p) == 2 && strings.EqualFold(p[0], "_SESSION"):
		return n.temps[p[1]]
	}
	return nil
}

// ref completes a path to the name of a table.
func (n *names) ref(p []string) (TableRef, error) {
	switch len(p) {
	case 1:
		if n.defaultDataset == "" {
			return TableRef{}, bqerror.Query("Table %q must be qualified with a dataset (e.g. dataset.table).", p[0])
		}
		return TableRef{Project: n.defaultProject, Dataset: n.defaultDataset, Table: p[0]}, nil
	case 2:
		return TableRef{Project: n.project, Dataset: p[0], Table: p[1]}, nil
	case 3:
		return TableRef{Project: p[0], Dataset: p[1], Table: p[2]}, nil
	}
	return TableRef{}, bqerror.Query("Invalid table name: `%s`", strings.Join(p, "."))
}

// datasetRef completes a path to the name of a dataset.
func (n *names) datasetRef(path []string) (catalog.DatasetRef, error) {
	switch p := parts(path); len(p) {
	case 1:
		return catalog.DatasetRef{Project: n.project, Dataset: p[0]}, nil
	case 2:
		return catalog.DatasetRef{Project: p[0], Dataset: p[1]}, nil
	default:
		return catalog.DatasetRef{}, bqerror.Query("Invalid dataset name: `%s`", strings.Join(p, "."))
	}
}

// tableSource describes a table or view for the translation.
func tableSource(t *catalog.Table) *resolved.Source {
	s := &resolved.Source{
		Name: t.Ref.String(), Fingerprint: t.Fingerprint(), Columns: t.Columns, Visible: len(t.Columns),
		From: t.Physical(), Type: t.Resource.Type, Writable: t.Resource.Type == "TABLE", Partition: t.PartitionField(), Filter: t.RequiresFilter(), Target: t,
	}
	if t.IsView() {
		s.From, s.View, s.Project, s.Writable = "", t.ViewSQL(), t.Ref.Project, false
	}
	if t.IsExternal() {
		s.Columns = append(append([]types.Field(nil), t.Columns...), types.Field{Name: catalog.FileName, Type: types.Of(types.String)})
	}
	if t.Ingestion {
		s.Ingestion = t.Resource.TimePartitioning.Type
		s.Columns = append(append([]types.Field(nil), t.Columns...),
			types.Field{Name: catalog.PartitionTime, Type: types.Of(types.Timestamp)},
			types.Field{Name: partitionDate, Type: types.Of(types.Date)})
		s.Computed = map[string]string{partitionDate: "CAST(" + types.Quote(catalog.PartitionTime) + " AS DATE)"}
	}
	return s
}

// partitionDate is the pseudo column computed from catalog.PartitionTime.
const partitionDate = "_PARTITIONDATE"

// wildcard is the union of the tables whose names begin alike. Its columns
// are those of the table created last; the others must agree.
func (n *names) wildcard(ref TableRef) (*resolved.Source, error) {
	d, err := n.engine.Catalog.Dataset(ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	prefix := strings.TrimSuffix(ref.Table, "*")
	var tables []*catalog.Table
	var last *catalog.Table
	fingerprint := "wildcard"
	for _, t := range d.Tables() {
		if strings.HasPrefix(t.Ref.Table, prefix) && !t.IsView() && !t.IsExternal() {
			if !store.SeesAll(t, principal(n.caller)) {
				return nil, bqerror.Unsupported("A wildcard over the table %s, which has row access policies,", t.Ref)
			}
			tables = append(tables, t)
			fingerprint += " " + t.Fingerprint()
			if last == nil || t.ID > last.ID {
				last = t
			}
		}
	}
	if last == nil {
		return nil, bqerror.NotFound("Table", ref.String())
	}
	var selects []string
	for _, t := range tables {
		var list []string
		for _, c := range last.Columns {
			list = append(list, wildcardColumn(t, c)+" AS "+types.Quote(c.Name))
		}
		suffix := strings.ReplaceAll(strings.TrimPrefix(t.Ref.Table, prefix), "'", "''")
		list = append(list, fmt.Sprintf("'%s' AS _TABLE_SUFFIX", suffix))
		selects = append(selects, fmt.Sprintf("SELECT %s FROM %s", strings.Join(list, ", "), t.Physical()))
	}
	columns := append([]types.Field(nil), last.Columns...)
	columns = append(columns, types.Field{Name: "_TABLE_SUFFIX", Type: types.Of(types.String)})
	return &resolved.Source{
		Name: ref.String(), Fingerprint: fingerprint, Columns: columns, Visible: len(last.Columns),
		From: "(" + strings.Join(selects, " UNION ALL ") + ")", Target: tables,
	}, nil
}

// wildcardColumn is a column of a wildcard in one of its tables. To read a value of another type is
// an error
// (https://cloud.google.com/bigquery/docs/querying-wildcard-tables#schema_used_for_query_evaluation).
func wildcardColumn(t *catalog.Table, c types.Field) string {
	own := store.FindColumn(t.Columns, c.Name)
	switch {
	case own == nil:
		return "CAST(NULL AS " + c.Type.DuckDB() + ")"
	case own.Type.Same(c.Type):
		return types.Quote(c.Name)
	}
	message := ducksql.String(fmt.Sprintf("Cannot read field of type %s as %s Field: %s", own.Type, c.Type, c.Name))
	return ducksql.Error(message+" || left(CAST(rowid AS VARCHAR), 0)", c.Type) // of each row: DuckDB would fold a constant
}

// informationSchema is a view of INFORMATION_SCHEMA, for a dataset, or for a
// project when the name before it is none, a region or a project.
func (n *names) informationSchema(before []string, view string) (*resolved.Source, error) {
	if infoschema.IsJobs(view) {
		return n.jobs(before, view)
	}
	if !infoschema.Has(view) {
		return nil, bqerror.Unsupported("INFORMATION_SCHEMA.%s", view)
	}
	datasets, err := n.infoDatasets(before, view)
	if err != nil {
		return nil, err
	}
	return infoschema.Source(view, datasets), nil
}

// jobs lists the jobs of a project. They belong to a region, and to no dataset.
func (n *names) jobs(before []string, view string) (*resolved.Source, error) {
	project := n.project
	if len(before) == 2 {
		project, before = before[0], before[1:]
	}
	if len(before) == 1 && !strings.HasPrefix(strings.ToLower(before[0]), "region-") {
		if _, err := n.engine.Catalog.Dataset(catalog.DatasetRef{Project: project, Dataset: before[0]}); err == nil {
			return nil, bqerror.NotFound("Table", project+":"+before[0]+".INFORMATION_SCHEMA."+view)
		}
		project = before[0]
	}
	var jobs []*bqv2.Job
	if list := n.engine.jobs.Load(); list != nil {
		jobs = (*list)(project)
	}
	return infoschema.Jobs(view, jobs), nil
}

func (n *names) infoDatasets(before []string, view string) ([]*catalog.Dataset, error) {
	c := n.engine.Catalog
	project := n.project
	if len(before) == 2 {
		project = before[0]
		before = before[1:]
	}
	regional := len(before) == 1 && strings.HasPrefix(strings.ToLower(before[0]), "region-")
	switch {
	case len(before) == 0 && n.defaultDataset != "" && !strings.HasPrefix(view, "SCHEMATA"):
		before = []string{n.defaultDataset}
	case len(before) == 0 || regional:
		return c.Datasets(project), nil
	case strings.HasPrefix(view, "SCHEMATA"):
		return c.Datasets(before[0]), nil // qualified by a project
	}
	d, err := c.Dataset(catalog.DatasetRef{Project: project, Dataset: before[0]})
	if err != nil {
		return nil, err
	}
	return []*catalog.Dataset{d}, nil
}
