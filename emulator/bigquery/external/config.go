package external

import (
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/load"
)

// Complete checks what an external table says, and writes its names as BigQuery does.
func Complete(c *bqv2.ExternalDataConfiguration) error {
	if c.SourceFormat = strings.ToUpper(c.SourceFormat); c.SourceFormat == "JSON" {
		c.SourceFormat = load.JSON
	}
	switch {
	case !slices.Contains([]string{load.CSV, load.JSON, load.Avro, load.Parquet}, c.SourceFormat):
		return bqerror.Unsupported("An external table of the format %q", c.SourceFormat)
	case len(c.SourceUris) == 0:
		return bqerror.Invalid("An external table needs sourceUris")
	case c.Compression != "" && c.Compression != "NONE" && c.Compression != "GZIP":
		return bqerror.Unsupported("The compression %s of an external table", c.Compression)
	case c.SourceFormat != load.CSV && c.CsvOptions != nil:
		return bqerror.Invalid("csvOptions are for the format CSV, and that of the external table is %s", c.SourceFormat)
	case c.SourceFormat != load.Parquet && (c.ParquetOptions != nil || len(c.DecimalTargetTypes) > 0):
		return bqerror.Unsupported("parquetOptions or decimalTargetTypes of an external table of the format %s", c.SourceFormat)
	}
	for _, uri := range c.SourceUris {
		if _, err := bucket.Parse(uri); err != nil {
			return err
		}
	}
	if _, err := load.ParquetOptions(loadOf(c)); err != nil {
		return err
	}
	if h := c.HivePartitioningOptions; h != nil {
		h.Mode = strings.ToUpper(h.Mode)
		return checkHive(c, h)
	}
	return nil
}

// loadOf is a load with the options of an external table.
func loadOf(c *bqv2.ExternalDataConfiguration) *bqv2.JobConfigurationLoad {
	out := &bqv2.JobConfigurationLoad{
		SourceFormat: c.SourceFormat, Autodetect: c.Autodetect, IgnoreUnknownValues: c.IgnoreUnknownValues, MaxBadRecords: c.MaxBadRecords,
		ParquetOptions: c.ParquetOptions, DecimalTargetTypes: c.DecimalTargetTypes,
	}
	if o := c.CsvOptions; o != nil {
		out.AllowJaggedRows, out.AllowQuotedNewlines, out.Encoding = o.AllowJaggedRows, o.AllowQuotedNewlines, o.Encoding
		out.FieldDelimiter, out.NullMarker, out.NullMarkers, out.Quote = o.FieldDelimiter, o.NullMarker, o.NullMarkers, o.Quote
		out.SkipLeadingRows, out.SourceColumnMatch = o.SkipLeadingRows, o.SourceColumnMatch
		out.PreserveAsciiControlCharacters = o.PreserveAsciiControlCharacters
	}
	if o := c.AvroOptions; o != nil {
		out.UseAvroLogicalTypes = o.UseAvroLogicalTypes
	}
	return out
}
