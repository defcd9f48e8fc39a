package store

import (
	"context"
	"fmt"
	"net/http"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
)

// CreateDataset creates a dataset.
func (s *Store) CreateDataset(ctx context.Context, d *bqv2.Dataset) (*bqv2.Dataset, error) {
	if d.DatasetReference == nil || d.DatasetReference.ProjectId == "" || d.DatasetReference.DatasetId == "" {
		return nil, bqerror.Invalid("Required parameter is missing: datasetReference")
	}
	ref := catalog.DatasetRef{Project: d.DatasetReference.ProjectId, Dataset: d.DatasetReference.DatasetId}
	if err := checkDatasetID(ref.Dataset); err != nil {
		return nil, err
	}
	if err := checkDataset(d); err != nil {
		return nil, err
	}
	r := catalog.Clone(d)
	r.Kind, r.Id = "bigquery#dataset", ref.String()
	if r.Location == "" {
		r.Location = "US"
	}
	r.CreationTime = s.Now().UnixMilli()
	s.stampDataset(r)
	err := s.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		if _, err := tx.Dataset(ref); err == nil {
			return bqerror.Duplicate("Dataset", ref.String())
		}
		return tx.PutDataset(r)
	})
	if err != nil {
		return nil, err
	}
	return catalog.Clone(r), nil
}

func (s *Store) stampDataset(r *bqv2.Dataset) {
	r.LastModifiedTime = s.Now().UnixMilli()
	r.Etag = s.etag()
}

// etag gives a version a name that no other version has.
func (s *Store) etag() string {
	return fmt.Sprintf("%x.%x", s.Now().UnixNano(), s.versions.Add(1))
}

// Dataset returns a dataset's resource.
func (s *Store) Dataset(_ context.Context, project, dataset string) (*bqv2.Dataset, error) {
	d, err := s.Catalog.Dataset(catalog.DatasetRef{Project: project, Dataset: dataset})
	if err != nil {
		return nil, err
	}
	return catalog.Clone(d.Resource), nil
}

// ListDatasets lists the datasets of a project by name.
func (s *Store) ListDatasets(_ context.Context, project string) ([]*bqv2.Dataset, error) {
	var list []*bqv2.Dataset
	for _, d := range s.Catalog.Datasets(project) {
		list = append(list, catalog.Clone(d.Resource))
	}
	return list, nil
}

// UpdateDataset replaces a dataset's resource by what change makes of a copy.
func (s *Store) UpdateDataset(ctx context.Context, project, dataset string, change func(*bqv2.Dataset) error) (*bqv2.Dataset, error) {
	ref := catalog.DatasetRef{Project: project, Dataset: dataset}
	var r *bqv2.Dataset
	err := s.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		old, err := tx.Dataset(ref)
		if err != nil {
			return err
		}
		r = catalog.Clone(old.Resource)
		if err := change(r); err != nil {
			return err
		}
		if err := checkDataset(r); err != nil {
			return err
		}
		r.DatasetReference, r.Kind, r.Id = old.Resource.DatasetReference, old.Resource.Kind, old.Resource.Id
		r.CreationTime, r.Location = old.Resource.CreationTime, old.Resource.Location
		s.stampDataset(r)
		return tx.PutDataset(r)
	})
	if err != nil {
		return nil, err
	}
	return catalog.Clone(r), nil
}

// DeleteDataset deletes a dataset, with its tables and routines if contents is true.
func (s *Store) DeleteDataset(ctx context.Context, project, dataset string, contents bool) error {
	ref := catalog.DatasetRef{Project: project, Dataset: dataset}
	return s.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		d, err := tx.Dataset(ref)
		if err != nil {
			return err
		}
		tables, routines := d.Tables(), d.Routines()
		if len(tables)+len(routines) > 0 && !contents {
			return &bqerror.Error{
				Code: http.StatusBadRequest, Reason: "resourceInUse",
				Message: fmt.Sprintf("Dataset %s is still in use", ref),
			}
		}
		for _, t := range tables {
			if err := tx.DropTable(t.Ref); err != nil {
				return err
			}
		}
		for _, r := range routines {
			if err := tx.DropRoutine(r.Ref); err != nil {
				return err
			}
		}
		return tx.DropDataset(ref)
	})
}
