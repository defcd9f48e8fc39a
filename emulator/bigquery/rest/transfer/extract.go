package transfer

import (
	"context"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/export"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// Extract checks an extract's configuration. results finds the rows of a query whose result has a table of its own.
func Extract(e engine.API, results func(engine.TableRef) (*engine.Rows, error), project string, c *bqv2.JobConfigurationExtract) (Run, error) {
	if c.SourceTable == nil || c.SourceTable.TableId == "" {
		return nil, wire.Required("configuration.extract.sourceTable")
	}
	o, err := extractOptions(c)
	if err != nil {
		return nil, err
	}
	ref := job.TableRef(c.SourceTable, project)
	return func(ctx context.Context) (job.Outcome, error) {
		rows, err := results(ref)
		if err == nil && rows == nil {
			rows, err = readTable(ctx, e, ref)
		}
		if err != nil {
			return job.Outcome{}, err
		}
		done, err := export.Write(e.Buckets(), rows, o)
		return job.Outcome{Extract: &bqv2.JobStatistics4{DestinationUriFileCounts: []int64{done.Files}, InputBytes: job.RowsBytes(rows)}}, err
	}, nil
}

func extractOptions(c *bqv2.JobConfigurationExtract) (export.Options, error) {
	uris := c.DestinationUris
	if c.DestinationUri != "" {
		uris = append([]string{c.DestinationUri}, uris...)
	}
	o := export.Options{
		Format: strings.ToUpper(c.DestinationFormat), Compression: strings.ToUpper(c.Compression), Delimiter: c.FieldDelimiter,
		NoHeader: c.PrintHeader != nil && !*c.PrintHeader, LogicalTypes: c.UseAvroLogicalTypes, Overwrite: true,
	}
	if o.Format == "" {
		o.Format = export.CSV
	}
	switch len(uris) {
	case 0:
		return o, wire.Required("configuration.extract.destinationUris")
	case 1:
	default:
		return o, wire.NotSupported("An extract to several URIs")
	}
	var err error
	if o.Target, err = bucket.Parse(uris[0]); err != nil {
		return o, err
	}
	return o, o.Check()
}

// readTable reads all of a table.
func readTable(ctx context.Context, e engine.API, ref engine.TableRef) (*engine.Rows, error) {
	t, err := e.Table(ctx, ref)
	if err != nil {
		return nil, err
	}
	if t.Type == "VIEW" || t.Type == "MATERIALIZED_VIEW" {
		return nil, wire.Invalid("%s is not allowed for this operation because it is currently a %s.", ref, t.Type)
	}
	if err := e.Permit(ctx, "bigquery.tables.export", ref); err != nil {
		return nil, err
	}
	return e.ReadTable(ctx, ref, 0, -1)
}
