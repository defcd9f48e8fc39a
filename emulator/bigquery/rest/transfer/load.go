// Package transfer runs the jobs between tables and files: loads and extracts.
package transfer

import (
	"context"
	"net/http"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/load"
	"github.com/tallystream/tallystream/emulator/bigquery/parquet"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// A Run does a job's work.
type Run = func(context.Context) (job.Outcome, error)

// Load checks a load's configuration. media is nil unless the content has been uploaded.
func Load(e engine.API, project string, c *bqv2.JobConfigurationLoad, media []byte) (Run, error) {
	if c.DestinationTable == nil || c.DestinationTable.TableId == "" {
		return nil, wire.Required("configuration.load.destinationTable")
	}
	if load.Format(c) != load.Parquet && (len(c.DecimalTargetTypes) > 0 || c.ParquetOptions != nil) {
		return nil, wire.NotSupported("The field configuration.load.decimalTargetTypes or parquetOptions with the source format %s", load.Format(c))
	}
	options, err := load.ParquetOptions(c)
	if err != nil {
		return nil, err
	}
	if err := job.CheckDispositions("load", c.WriteDisposition, c.CreateDisposition, c.SchemaUpdateOptions, c.DestinationTable.TableId); err != nil {
		return nil, err
	}
	if media == nil && len(c.SourceUris) == 0 {
		return nil, wire.Invalid("Load configuration must specify at least one source URI")
	}
	if len([]rune(strings.ReplaceAll(strings.ReplaceAll(c.FieldDelimiter, `\t`, "\t"), "tab", "\t"))) > 1 {
		return nil, wire.Invalid("The field delimiter %q has more than one character", c.FieldDelimiter)
	}
	l := &loader{engine: e, config: c, ref: job.TableRef(c.DestinationTable, project), media: media, parquet: options}
	l.table, l.partition, _ = l.ref.Partition()
	return func(ctx context.Context) (job.Outcome, error) {
		stats, err := l.run(ctx)
		return job.Outcome{Load: stats}, err
	}, nil
}

// A loader does one load job.
type loader struct {
	engine  engine.API
	config  *bqv2.JobConfigurationLoad
	ref     engine.TableRef
	media   []byte
	parquet parquet.Options

	table        engine.TableRef // ref without the id of a partition
	partition    string          // "" for none
	files, bytes int64           // that were read
}

// replaces says that the rows go in the place of others, in a table that keeps its schema.
func (l *loader) replaces() bool {
	return strings.HasPrefix(l.config.WriteDisposition, "WRITE_TRUNCATE")
}

// renews says that the table gets the schema of the file.
func (l *loader) renews() bool {
	return l.config.WriteDisposition == "WRITE_TRUNCATE" && l.partition == ""
}

func (l *loader) run(ctx context.Context) (*bqv2.JobStatistics3, error) {
	switch f := load.Format(l.config); f {
	case load.CSV, load.JSON, load.Avro, load.Parquet:
	default:
		return nil, wire.NotSupported("The source format %s", f)
	}
	if err := l.engine.PermitWrite(ctx, l.ref); err != nil {
		return nil, err
	}
	table, err := l.engine.Table(ctx, l.ref)
	if err != nil && wire.AsError(err).Reason != "notFound" {
		return nil, err
	}
	if table != nil && table.Type != "TABLE" {
		return nil, wire.Invalid("Cannot load into %s: it is a %s", l.ref, strings.ToLower(table.Type))
	}
	if table == nil && l.config.CreateDisposition == "CREATE_NEVER" {
		return nil, err
	}
	if table != nil && l.config.WriteDisposition == "WRITE_EMPTY" && table.NumRows > 0 {
		return nil, wire.Errorf(http.StatusConflict, "duplicate", "Already Exists: Table %s", l.ref)
	}
	data, err := l.read(ctx, l.schema(table))
	if err != nil {
		return nil, err
	}
	if err := l.prepare(ctx, table, data.Schema); err != nil {
		return nil, err
	}
	columns := make([]string, len(data.Schema))
	for i, f := range data.Schema {
		columns[i] = f.Name
	}
	write := l.engine.Load
	if l.replaces() {
		write = l.engine.Replace
	}
	if err := write(ctx, l.ref, columns, data.Rows); err != nil {
		return nil, err
	}
	return &bqv2.JobStatistics3{
		InputFiles: l.files, InputFileBytes: l.bytes, OutputRows: int64(len(data.Rows)),
		OutputBytes: job.RowsBytes(&engine.Rows{Values: data.Rows}), BadRecords: data.BadRecords,
		ForceSendFields: []string{"OutputRows", "OutputBytes", "BadRecords"},
	}, nil
}

// schema is what the file is read with; nil to detect it.
func (l *loader) schema(table *bqv2.Table) []*bqv2.TableFieldSchema {
	if s := l.config.Schema; s != nil && len(s.Fields) > 0 {
		return s.Fields
	}
	if table == nil || table.Schema == nil || l.renews() && l.describesItself() {
		return nil
	}
	return table.Schema.Fields
}

// describesItself says that the file has a schema, or that one is to be detected. The columns of CSV have no names to find
// those of a table by.
func (l *loader) describesItself() bool {
	switch load.Format(l.config) {
	case load.Avro, load.Parquet:
		return true
	case load.JSON:
		return l.config.Autodetect
	}
	return false
}

// allows says whether the job may change the table's schema in a way.
func (l *loader) allows(update string) bool {
	return slices.Contains(l.config.SchemaUpdateOptions, update)
}

// prepare makes the table ready for rows of a schema: it creates or widens it, or makes
// it anew.
func (l *loader) prepare(ctx context.Context, table *bqv2.Table, schema []*bqv2.TableFieldSchema) error {
	if table == nil {
		return l.create(ctx, schema)
	}
	if l.renews() {
		if sameFields(table.Schema, schema) {
			return nil
		}
		return l.replace(ctx, table, schema)
	}
	adds, relaxes := l.allows("ALLOW_FIELD_ADDITION"), l.allows("ALLOW_FIELD_RELAXATION")
	if !adds && !relaxes {
		return nil
	}
	_, err := l.engine.UpdateTable(ctx, l.table, func(t *bqv2.Table) error {
		if t.Schema == nil {
			t.Schema = &bqv2.TableSchema{}
		}
		for _, f := range schema {
			known := func(have *bqv2.TableFieldSchema) bool { return strings.EqualFold(have.Name, f.Name) }
			switch i := slices.IndexFunc(t.Schema.Fields, known); {
			case i < 0 && adds:
				t.Schema.Fields = append(t.Schema.Fields, f)
			case i >= 0 && relaxes && f.Mode != "REQUIRED" && t.Schema.Fields[i].Mode == "REQUIRED":
				t.Schema.Fields[i].Mode = "NULLABLE"
			}
		}
		return nil
	})
	return err
}

func (l *loader) create(ctx context.Context, schema []*bqv2.TableFieldSchema) error {
	t := &bqv2.Table{
		TableReference: job.RestRef(l.table), Schema: &bqv2.TableSchema{Fields: schema}, Clustering: l.config.Clustering,
	}
	engine.PartitionFor(t, l.config.TimePartitioning, l.config.RangePartitioning, l.partition)
	if p := l.config.DestinationTableProperties; p != nil {
		t.Description, t.FriendlyName, t.Labels = p.Description, p.FriendlyName, p.Labels
	}
	_, err := l.engine.CreateTable(ctx, t)
	if !bqerror.IsNotFound(err) || l.table.Dataset != job.AnonymousDataset(l.table.Project) {
		return err
	}
	hidden := &bqv2.Dataset{DatasetReference: &bqv2.DatasetReference{ProjectId: l.table.Project, DatasetId: l.table.Dataset}}
	if _, err := l.engine.CreateDataset(ctx, hidden); err != nil && wire.AsError(err).Reason != "duplicate" {
		return err
	}
	_, err = l.engine.CreateTable(ctx, t)
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
