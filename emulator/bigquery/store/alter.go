package store

import (
	"context"
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
	s.StampTable(r)
	if err := tx.Forget(t.Ref); err != nil {
		return err
	}
	_, err := tx.PutTable(t.ID, r)
	return err
}

// alterOnce carries out one action of ALTER.
func (s *Store) alterOnce(tx *catalog.Tx, t *catalog.Table, a resolved.Alter) error {
	r := catalog.Clone(t.Resource)
	if a.Action == resolved.SetOptions {
		if err := SetTableOptions(r, a.Options); err != nil {
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
	s.StampTable(r)
	if _, err := tx.PutTable(t.ID, r); err != nil {
		return err
	}
	if physical == "" {
		return nil
	}
	if err := tx.Exec("ALTER TABLE " + t.Physical() + " " + physical); err != nil {
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
		changed := types.ToField(types.Field{Name: f.Name, Type: a.Column.Type, Default: f.DefaultValueExpression, Required: f.Mode == "REQUIRED"})
		changed.Description = f.Description
		*f = *changed
		return alter + " TYPE " + a.Column.Type.DuckDB(), nil
	}
	return "", bqerror.Unsupported("this ALTER TABLE")
}

// droppable refuses to drop or rename a column that partitions or clusters.
func droppable(r *bqv2.Table, name string) error {
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
			return bqerror.Query("Column %s is used for partitioning or clustering and can't be dropped or renamed", name)
		}
	}
	return nil
}
