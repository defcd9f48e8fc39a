package store

import (
	"context"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// AlterTable carries out the actions of ALTER TABLE or ALTER VIEW, all or none.
func (s *Store) AlterTable(ctx context.Context, ref catalog.Ref, actions []resolved.Alter) error {
	return s.alter(ctx, func(tx *catalog.Tx) error {
		for _, a := range actions {
			t, err := tx.Table(ref)
			if err != nil {
				return err
			}
			if a.Action == resolved.RenameTable {
				return s.rename(tx, t, a.NewName)
			}
			if err := s.alterOnce(tx, t, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// rename gives a table another name in its dataset.
func (s *Store) rename(tx *catalog.Tx, t *catalog.Table, name string) error {
	to := catalog.Ref{Project: t.Ref.Project, Dataset: t.Ref.Dataset, Table: name}
	if _, err := tx.Table(to); err == nil {
		return bqerror.Duplicate("Table", to.String())
	}
	r := catalog.Clone(t.Resource)
	r.TableReference.TableId, r.Id = name, to.String()
	s.stampTable(r)
	if err := tx.Forget(t.Ref); err != nil {
		return err
	}
	if _, err := tx.PutTable(t.ID, r); err != nil {
		return err
	}
	if err := tx.SetChangeHistory(to, t.ChangeHistory); err != nil {
		return err
	}
	for _, i := range t.Indexes {
		if err := tx.PutIndex(to, i); err != nil {
			return err
		}
	}
	return copyRowPolicies(tx, t, to)
}

// copyRowPolicies gives a table the row access policies of another.
func copyRowPolicies(tx *catalog.Tx, from *catalog.Table, to catalog.Ref) error {
	for _, p := range from.RowPolicies {
		p = catalog.Clone(p)
		p.RowAccessPolicyReference.DatasetId, p.RowAccessPolicyReference.TableId = to.Dataset, to.Table
		p.RowAccessPolicyReference.ProjectId = to.Project
		if err := tx.PutRowPolicy(to, p); err != nil {
			return err
		}
	}
	return nil
}

// CopyRowPolicies gives a table the row access policies of another.
func (s *Store) CopyRowPolicies(ctx context.Context, from *catalog.Table, to catalog.Ref) error {
	if len(from.RowPolicies) == 0 {
		return nil
	}
	return s.Catalog.Change(ctx, func(tx *catalog.Tx) error { return copyRowPolicies(tx, from, to) })
}

// alterOnce carries out one action of ALTER.
func (s *Store) alterOnce(tx *catalog.Tx, t *catalog.Table, a resolved.Alter) error {
	r := catalog.Clone(t.Resource)
	if a.Action == resolved.SetOptions {
		if err := SetTableOptions(r, a.Options); err != nil {
			return err
		}
		if err := s.putAltered(tx, t, r, ""); err != nil {
			return err
		}
		return setChangeHistory(tx, t.Ref, a.Options)
	}
	switch a.Action {
	case resolved.SetCollation: // of columns that are added from now on
		r.DefaultCollation = a.Name
		return s.putAltered(tx, t, r, "")
	case resolved.AddPrimaryKey, resolved.DropPrimaryKey:
		if err := alterKey(r, a); err != nil {
			return err
		}
		return s.putAltered(tx, t, r, "")
	}
	name := a.Name
	if a.Action == resolved.AddColumn {
		name = a.Column.Name
	}
	f := FindField(r, name)
	if (f == nil) != (a.Action == resolved.AddColumn) {
		switch {
		case a.If:
			return nil
		case f == nil:
			return bqerror.Query("Column not found: %s", name)
		default:
			return bqerror.Query("Column already exists: %s", name)
		}
	}
	physical, err := s.alterColumn(r, f, a)
	if err != nil {
		return err
	}
	if t.IsView() {
		physical = ""
	}
	return s.putAltered(tx, t, r, physical)
}

// putAltered stores a changed resource and alters the physical table.
func (s *Store) putAltered(tx *catalog.Tx, t *catalog.Table, r *bqv2.Table, physical string) error {
	s.stampTable(r)
	if _, err := tx.PutTable(t.ID, r); err != nil {
		return err
	}
	if physical == "" {
		return nil
	}
	if err := s.alterPhysical(tx, t, physical); err != nil {
		return duck.AsBigQuery(err)
	}
	return nil
}

// alterColumn changes a column in a resource; it returns the action to alter
// the physical table by, "" for none.
func (s *Store) alterColumn(r *bqv2.Table, f *bqv2.TableFieldSchema, a resolved.Alter) (string, error) {
	switch a.Action {
	case resolved.AddColumn:
		if a.Column.Required {
			return "", bqerror.Query("Cannot add required column %s to an existing table", a.Column.Name)
		}
		added := types.ToField(a.Column)
		if err := collate(added, r.DefaultCollation); err != nil {
			return "", err
		}
		r.Schema.Fields = append(r.Schema.Fields, added)
		def, err := s.ColumnDDL(a.Column)
		if err != nil {
			return "", err
		}
		return "ADD COLUMN " + def, SetColumnOptions(added, a.Options)
	case resolved.DropColumn:
		if err := droppable(r, f.Name); err != nil {
			return "", err
		}
		kept := r.Schema.Fields[:0]
		for _, g := range r.Schema.Fields {
			if g != f {
				kept = append(kept, g)
			}
		}
		r.Schema.Fields = kept
		return "DROP COLUMN " + types.Quote(f.Name), nil
	case resolved.RenameColumn:
		if err := droppable(r, f.Name); err != nil {
			return "", err
		}
		old := f.Name
		f.Name = a.NewName
		return "RENAME COLUMN " + types.Quote(old) + " TO " + types.Quote(a.NewName), nil
	case resolved.SetColumnOptions:
		return "", SetColumnOptions(f, a.Options)
	case resolved.DropNotNull:
		f.Mode = "NULLABLE"
		return "ALTER COLUMN " + types.Quote(f.Name) + " DROP NOT NULL", nil
	default:
		return s.alterColumnValue(f, a)
	}
}

// alterColumnValue changes the default or the type of a column.
func (s *Store) alterColumnValue(f *bqv2.TableFieldSchema, a resolved.Alter) (string, error) {
	alter := "ALTER COLUMN " + types.Quote(f.Name)
	column, err := types.FromField(f)
	if err != nil {
		return "", err
	}
	switch a.Action {
	case resolved.SetDefault:
		f.DefaultValueExpression = a.Column.Default
		expr, err := translate.Default(s.analyzer, a.Column.Default, column.Type)
		return alter + " SET DEFAULT (" + expr + ")", err
	case resolved.DropDefault:
		f.DefaultValueExpression = ""
		return alter + " DROP DEFAULT", nil
	case resolved.SetType:
		if err := widens(column, a.Column); err != nil {
			return "", err
		}
		changed := types.ToField(types.Field{Name: f.Name, Type: a.Column.Type, Limits: a.Column.Limits, Default: f.DefaultValueExpression, Required: f.Mode == "REQUIRED"})
		changed.Description = f.Description
		if changed.Type == f.Type && changed.Collation == "" {
			changed.Collation = f.Collation
		}
		*f = *changed
		return alter + " TYPE " + a.Column.Type.DuckDB(), nil
	}
	return "", bqerror.Unsupported("this ALTER TABLE")
}

// Orders reports whether a column partitions or clusters a table.
func Orders(r *bqv2.Table, name string) bool {
	var used []string
	if r.TimePartitioning != nil {
		used = append(used, r.TimePartitioning.Field)
	}
	if r.RangePartitioning != nil {
		used = append(used, r.RangePartitioning.Field)
	}
	if r.Clustering != nil {
		used = append(used, r.Clustering.Fields...)
	}
	for _, u := range used {
		if strings.EqualFold(u, name) {
			return true
		}
	}
	return false
}

// droppable refuses to drop or rename a column that partitions or clusters.
func droppable(r *bqv2.Table, name string) error {
	if Orders(r, name) {
		return bqerror.Query("Column %s is used for partitioning or clustering and can't be dropped or renamed", name)
	}
	return nil
}

// SetPrimaryKey gives a table a primary key, which nothing enforces.
func SetPrimaryKey(r *bqv2.Table, columns []string) error {
	for _, name := range columns {
		if FindField(r, name) == nil {
			return bqerror.Query("Column not found: %s", name)
		}
	}
	if r.TableConstraints == nil {
		r.TableConstraints = &bqv2.TableConstraints{}
	}
	r.TableConstraints.PrimaryKey = &bqv2.TableConstraintsPrimaryKey{Columns: columns}
	return nil
}

// alterKey adds or drops the primary key.
func alterKey(r *bqv2.Table, a resolved.Alter) error {
	has := r.TableConstraints != nil && r.TableConstraints.PrimaryKey != nil
	switch {
	case a.Action == resolved.AddPrimaryKey && !has:
		return SetPrimaryKey(r, a.Names)
	case a.Action == resolved.DropPrimaryKey && has:
		r.TableConstraints = nil
		return nil
	case a.If:
		return nil
	case has:
		return bqerror.Query("Already Exists: primary key of table %s", refOf(r.TableReference))
	}
	return bqerror.Query("Not found: primary key of table %s", refOf(r.TableReference))
}

// wider are the types that a column of a type may get
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#alter_column_set_data_type_statement).
var wider = map[types.Kind][]types.Kind{
	types.Int64:   {types.Numeric, types.BigNumeric, types.Float64},
	types.Numeric: {types.BigNumeric, types.Float64},
}

// widens refuses a type that can't hold each value of the old one.
func widens(from, to types.Field) error {
	allowed := from.Type.Same(to.Type) || slices.Contains(wider[from.Type.Kind], to.Type.Kind)
	if from.Type.Same(to.Type) && to.Limits != (types.Limits{}) {
		old, is := from.Limits, to.Limits
		allowed = old.Length > 0 && is.Length >= old.Length || old.Precision > 0 && is.Scale >= old.Scale && is.Precision-is.Scale >= old.Precision-old.Scale
	}
	if !allowed {
		return bqerror.Query("ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type (%s) is assignable to the new type (%s)", from.SQL(), to.SQL())
	}
	return nil
}
