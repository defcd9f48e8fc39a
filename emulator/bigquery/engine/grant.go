package engine

import (
	"context"
	"reflect"
	"slices"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// grant changes the access list of a dataset.
func (r *run) grant(ctx context.Context, d *resolved.DDL) error {
	if r.engine.allow != nil { // what asks for permissions reads lists when requests change them
		return bqerror.Unsupported("%s where permissions are asked for, in place of the access list of the dataset,", d.Kind)
	}
	ref, err := r.names.datasetRef(d.Path)
	if err != nil {
		return err
	}
	var entries []*bqv2.DatasetAccess
	for _, role := range d.Grant.Roles {
		for _, grantee := range d.Grant.Grantees {
			a, err := catalog.Entry(role, grantee)
			if err != nil {
				return err
			}
			entries = append(entries, a)
		}
	}
	_, err = r.engine.UpdateDataset(ctx, ref.Project, ref.Dataset, func(dataset *bqv2.Dataset) error {
		if dataset.Access == nil {
			dataset.Access = catalog.DefaultAccess()
		}
		for _, a := range entries {
			dataset.Access = slices.DeleteFunc(dataset.Access, func(b *bqv2.DatasetAccess) bool { return reflect.DeepEqual(a, b) })
			if !d.Grant.Revoke {
				dataset.Access = append(dataset.Access, a)
			}
		}
		return nil
	})
	return err
}
