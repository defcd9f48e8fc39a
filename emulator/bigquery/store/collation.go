package store

import (
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// checkCollation refuses what is no collation.
func checkCollation(name string) error {
	if name != "" && name != types.CaseInsensitive {
		return bqerror.Invalid("Invalid collation: %s. The only collation is '%s'", name, types.CaseInsensitive)
	}
	return nil
}

// collateByDefault gives a new table the default collation of its dataset, and each of its STRING columns
// without a collation that of the table.
func collateByDefault(d *bqv2.Dataset, r *bqv2.Table) error {
	if r.DefaultCollation == "" {
		r.DefaultCollation = d.DefaultCollation
	}
	if err := checkCollation(r.DefaultCollation); err != nil || r.DefaultCollation == "" || r.Schema == nil {
		return err
	}
	for _, f := range r.Schema.Fields {
		if err := collate(f, r.DefaultCollation); err != nil {
			return err
		}
	}
	return nil
}

// collate gives a new column the default collation of its table.
func collate(f *bqv2.TableFieldSchema, collation string) error {
	switch {
	case collation == "":
	case f.Type == "STRING" && f.Mode != "REPEATED":
		if f.Collation == "" {
			f.Collation = collation
		}
	case holdsText(f):
		return bqerror.Unsupported("The collation of texts within the column %s", f.Name)
	}
	return nil
}

func holdsText(f *bqv2.TableFieldSchema) bool {
	for _, sub := range f.Fields {
		if holdsText(sub) {
			return true
		}
	}
	return f.Type == "STRING"
}
