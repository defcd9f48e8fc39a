package warehouse

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/googleapi"
)

// Ensure creates the datasets, tables, views and table functions that don't exist yet in
// the client's project. It adds missing columns to tables, and updates views and
// functions. It
// changes nothing else. The local runner calls it; in the cloud Terraform does this.
func Ensure(ctx context.Context, client *Client) error {
	for _, name := range Datasets {
		if err := existing(client.Dataset(name).Create(ctx, &bigquery.DatasetMetadata{})); err != nil {
			return fmt.Errorf("create dataset %s: %w", name, err)
		}
	}
	for _, t := range Tables() {
		if err := ensureTable(ctx, client.Dataset(t.Dataset).Table(t.Name), t); err != nil {
			return err
		}
	}
	for _, v := range Views() {
		if err := ensureView(ctx, client.Dataset(v.Dataset).Table(v.Name), v, v.Query(client.Project(), client.Prefix)); err != nil {
			return err
		}
	}
	for _, f := range Functions() {
		if err := ensureFunction(ctx, client.Dataset(f.Dataset).Routine(f.Name), f.Metadata(client.Project(), client.Prefix)); err != nil {
			return fmt.Errorf("table function %s: %w", f.ID(), err)
		}
	}
	return nil
}

// ensureFunction creates a table function, or updates what it does.
func ensureFunction(ctx context.Context, routine *bigquery.Routine, wanted *bigquery.RoutineMetadata) error {
	switch err := routine.Create(ctx, wanted); {
	case err == nil:
		return nil
	case existing(err) != nil:
		return fmt.Errorf("create: %w", err)
	}
	have, err := routine.Metadata(ctx)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if have.Body == wanted.Body && reflect.DeepEqual(have.Arguments, wanted.Arguments) {
		return nil
	}
	_, err = routine.Update(ctx, &bigquery.RoutineMetadataToUpdate{
		Type: wanted.Type, Language: wanted.Language, Description: wanted.Description, Body: wanted.Body, Arguments: wanted.Arguments,
	}, have.ETag)
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	return nil
}

// ensureTable creates a table, or adds its missing columns.
func ensureTable(ctx context.Context, table *bigquery.Table, t Table) error {
	wanted := t.Metadata()
	have, err := create(ctx, table, "table "+t.ID(), wanted)
	if have == nil {
		return err
	}
	schema := have.Schema
	for _, f := range wanted.Schema {
		if !slices.ContainsFunc(have.Schema, func(h *bigquery.FieldSchema) bool { return strings.EqualFold(h.Name, f.Name) }) {
			schema = append(schema, f)
		}
	}
	if len(schema) == len(have.Schema) {
		return nil
	}
	if _, err := table.Update(ctx, bigquery.TableMetadataToUpdate{Schema: schema}, have.ETag); err != nil {
		return fmt.Errorf("add columns to table %s: %w", t.ID(), err)
	}
	return nil
}

// ensureView creates a view, or updates its query.
func ensureView(ctx context.Context, view *bigquery.Table, v View, query string) error {
	have, err := create(ctx, view, "view "+v.ID(), &bigquery.TableMetadata{ViewQuery: query, Description: v.Description})
	if have == nil || have.ViewQuery == query {
		return err
	}
	if _, err := view.Update(ctx, bigquery.TableMetadataToUpdate{ViewQuery: query, UseLegacySQL: false}, have.ETag); err != nil {
		return fmt.Errorf("change the query of view %s: %w", v.ID(), err)
	}
	return nil
}

// create creates a table or view. It returns the metadata of the one that exists
// already, or nil if there was none.
func create(ctx context.Context, table *bigquery.Table, what string, wanted *bigquery.TableMetadata) (*bigquery.TableMetadata, error) {
	switch err := table.Create(ctx, wanted); {
	case err == nil:
		return nil, nil
	case existing(err) != nil:
		return nil, fmt.Errorf("create %s: %w", what, err)
	}
	have, err := table.Metadata(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the metadata of %s: %w", what, err)
	}
	return have, nil
}

// existing returns nil for the error that something exists already.
func existing(err error) error {
	var api *googleapi.Error
	if errors.As(err, &api) && api.Code == http.StatusConflict {
		return nil
	}
	return err
}

// Metadata returns the table in the form that BigQuery's client takes.
func (t Table) Metadata() *bigquery.TableMetadata {
	meta := &bigquery.TableMetadata{
		Description: t.Description,
		Clustering:  &bigquery.Clustering{Fields: t.Clustering},
		TimePartitioning: &bigquery.TimePartitioning{
			Type:  bigquery.TimePartitioningType(t.Partitioning.Type),
			Field: t.Partitioning.Field,
		},
	}
	for _, f := range t.Fields {
		meta.Schema = append(meta.Schema, &bigquery.FieldSchema{
			Name: f.Name, Type: fieldType(f.Type), Required: f.Required(), Description: f.Description,
		})
	}
	return meta
}

// fieldType returns the name that BigQuery's API has for a GoogleSQL type. The API uses
// older names for some.
func fieldType(sql string) bigquery.FieldType {
	switch sql {
	case "INT64":
		return bigquery.IntegerFieldType
	case "FLOAT64":
		return bigquery.FloatFieldType
	case "BOOL":
		return bigquery.BooleanFieldType
	}
	return bigquery.FieldType(sql)
}
