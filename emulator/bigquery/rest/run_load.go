package rest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/load"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// runLoad checks a load's configuration. media is nil unless the content has
// been uploaded.
func (h *Handler) runLoad(key job.Key, c *bqv2.JobConfigurationLoad, media []byte) (func(context.Context) (job.Outcome, error), error) {
	if c.DestinationTable == nil || c.DestinationTable.TableId == "" {
		return nil, wire.Required("configuration.load.destinationTable")
	}
	if media == nil && len(c.SourceUris) == 0 {
		return nil, wire.Invalid("Load configuration must specify at least one source URI")
	}
	if len([]rune(strings.ReplaceAll(strings.ReplaceAll(c.FieldDelimiter, `\t`, "\t"), "tab", "\t"))) > 1 {
		return nil, wire.Invalid("The field delimiter %q has more than one character", c.FieldDelimiter)
	}
	l := &loader{engine: h.engine, config: c, ref: *refOf(c.DestinationTable, key.Project), media: media}
	return func(ctx context.Context) (job.Outcome, error) {
		stats, err := l.run(ctx)
		return job.Outcome{Load: stats}, err
	}, nil
}

// A loader does one load job.
type loader struct {
	engine engine.API
	config *bqv2.JobConfigurationLoad
	ref    engine.TableRef
	media  []byte
}

func (l *loader) run(ctx context.Context) (*bqv2.JobStatistics3, error) {
	switch f := load.Format(l.config); f {
	case load.CSV, load.JSON, load.Avro:
	default:
		return nil, wire.NotSupported("The source format %s", f)
	}
	if l.media == nil {
		return nil, wire.NotFound("URI %s. The emulator has no Cloud Storage: upload the file with the job", l.config.SourceUris[0])
	}
	if err := l.engine.PermitWrite(ctx, l.ref); err != nil {
		return nil, err
	}
	table, err := l.engine.Table(ctx, l.ref)
	if err != nil && wire.AsError(err).Reason != "notFound" {
		return nil, err
	}
	if table != nil && tableType(table) != "TABLE" {
		return nil, wire.Invalid("Cannot load into %s: it is a %s", l.ref, strings.ToLower(tableType(table)))
	}
	if table == nil && l.config.CreateDisposition == "CREATE_NEVER" {
		return nil, err
	}
	if table != nil && l.config.WriteDisposition == "WRITE_EMPTY" && table.NumRows > 0 {
		return nil, wire.Errorf(http.StatusConflict, "duplicate", "Already Exists: Table %s", l.ref)
	}
	data, err := load.Read(l.config, l.schema(table), l.media)
	if err != nil {
		return nil, readFailure(err)
	}
	if err := l.prepare(ctx, table, data.Schema); err != nil {
		return nil, err
	}
	columns := make([]string, len(data.Schema))
	for i, f := range data.Schema {
		columns[i] = f.Name
	}
	if err := l.engine.Load(ctx, l.ref, columns, data.Rows); err != nil {
		return nil, err
	}
	return &bqv2.JobStatistics3{
		InputFiles: 1, InputFileBytes: int64(len(l.media)), OutputRows: int64(len(data.Rows)),
		OutputBytes: job.RowsBytes(&engine.Rows{Values: data.Rows}), BadRecords: data.BadRecords,
		ForceSendFields: []string{"OutputRows", "OutputBytes", "BadRecords"},
	}, nil
}

// readFailure words an error of the file as BigQuery does.
func readFailure(err error) error {
	var e *engine.Error
	if errors.As(err, &e) {
		return e
	}
	return wire.Invalid("Error while reading data, error message: %v", err)
}

// schema is what the file is read with; nil to detect it.
func (l *loader) schema(table *bqv2.Table) []*bqv2.TableFieldSchema {
	if s := l.config.Schema; s != nil && len(s.Fields) > 0 {
		return s.Fields
	}
	truncating := l.config.WriteDisposition == "WRITE_TRUNCATE"
	if table == nil || table.Schema == nil || truncating && l.config.Autodetect && load.Format(l.config) != load.CSV {
		return nil
	}
	return table.Schema.Fields
}

// prepare makes the table ready for rows of a schema: it creates, empties or
// widens it.
func (l *loader) prepare(ctx context.Context, table *bqv2.Table, schema []*bqv2.TableFieldSchema) error {
	if table == nil {
		return l.create(ctx, schema)
	}
	if l.config.WriteDisposition == "WRITE_TRUNCATE" {
		if sameFields(table.Schema, schema) {
			_, err := l.engine.Query(ctx, engine.Query{Project: l.ref.Project, SQL: "TRUNCATE TABLE " + quoted(l.ref)})
			return err
		}
		return l.replace(ctx, table, schema)
	}
	if !slices.Contains(l.config.SchemaUpdateOptions, "ALLOW_FIELD_ADDITION") {
		return nil
	}
	_, err := l.engine.UpdateTable(ctx, l.ref, func(t *bqv2.Table) error {
		if t.Schema == nil {
			t.Schema = &bqv2.TableSchema{}
		}
		for _, f := range schema {
			known := func(have *bqv2.TableFieldSchema) bool { return strings.EqualFold(have.Name, f.Name) }
			if !slices.ContainsFunc(t.Schema.Fields, known) {
				t.Schema.Fields = append(t.Schema.Fields, f)
			}
		}
		return nil
	})
	return err
}

func quoted(ref engine.TableRef) string {
	return "`" + ref.Project + "`.`" + ref.Dataset + "`.`" + ref.Table + "`"
}

func (l *loader) create(ctx context.Context, schema []*bqv2.TableFieldSchema) error {
	t := &bqv2.Table{
		TableReference: job.RestRef(l.ref), Schema: &bqv2.TableSchema{Fields: schema},
		TimePartitioning: l.config.TimePartitioning, RangePartitioning: l.config.RangePartitioning, Clustering: l.config.Clustering,
	}
	if p := l.config.DestinationTableProperties; p != nil {
		t.Description, t.FriendlyName, t.Labels = p.Description, p.FriendlyName, p.Labels
	}
	_, err := l.engine.CreateTable(ctx, t)
	return err
}

// replace makes the table anew with another schema and what else it had.
func (l *loader) replace(ctx context.Context, old *bqv2.Table, schema []*bqv2.TableFieldSchema) error {
	t := &bqv2.Table{
		TableReference: old.TableReference, Schema: &bqv2.TableSchema{Fields: schema},
		Description: old.Description, FriendlyName: old.FriendlyName, Labels: old.Labels, ExpirationTime: old.ExpirationTime,
		TimePartitioning: old.TimePartitioning, RangePartitioning: old.RangePartitioning, Clustering: old.Clustering,
		RequirePartitionFilter: old.RequirePartitionFilter,
	}
	if err := l.engine.DeleteTable(ctx, l.ref); err != nil {
		return err
	}
	_, err := l.engine.CreateTable(ctx, t)
	return err
}

func sameFields(s *bqv2.TableSchema, fields []*bqv2.TableFieldSchema) bool {
	if s == nil || len(s.Fields) != len(fields) {
		return false
	}
	for i, f := range fields {
		have := s.Fields[i]
		if !strings.EqualFold(have.Name, f.Name) || have.Type != f.Type || have.Mode != f.Mode || len(have.Fields) != len(f.Fields) {
			return false
		}
		if len(f.Fields) > 0 && !sameFields(&bqv2.TableSchema{Fields: have.Fields}, f.Fields) {
			return false
		}
	}
	return true
}
