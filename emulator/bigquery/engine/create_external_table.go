package engine

import (
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
)

// defineExternal gives the resource of an external table what the statement says of its files
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#external_table_option_list).
func (r *run) defineExternal(t *bqv2.Table, d *resolved.DDL) error {
	c, rest, err := configuration(d)
	if err != nil {
		return err
	}
	t.ExternalDataConfiguration = c
	return store.SetTableOptions(t, rest)
}

// configuration is what a statement says of files, and its options that say nothing of them.
func configuration(d *resolved.DDL) (c *bqv2.ExternalDataConfiguration, rest map[string]any, err error) {
	c, rest = &bqv2.ExternalDataConfiguration{Autodetect: len(d.Columns) == 0}, map[string]any{}
	for name, v := range d.External.Options {
		known, err := setExternal(c, name, v)
		if err != nil {
			return nil, nil, err
		}
		if !known {
			rest[name] = v
		}
	}
	if h := c.HivePartitioningOptions; h != nil || d.External.Partitioned {
		if h == nil || !d.External.Partitioned {
			return nil, nil, bqerror.Query("WITH PARTITION COLUMNS and the option hive_partition_uri_prefix need each other")
		}
		h.Mode = "AUTO"
		for _, k := range d.External.Keys {
			h.Mode = "CUSTOM"
			h.SourceUriPrefix = strings.TrimSuffix(h.SourceUriPrefix, "/") + fmt.Sprintf("/{%s:%s}", k.Name, k.Type.SQL())
		}
	}
	return c, rest, nil
}

// setExternal sets an option of the files, and reports whether it is one.
func setExternal(c *bqv2.ExternalDataConfiguration, name string, v any) (known bool, err error) {
	csv := func() *bqv2.CsvOptions {
		if c.CsvOptions == nil {
			c.CsvOptions = &bqv2.CsvOptions{}
		}
		return c.CsvOptions
	}
	parquet := func() *bqv2.ParquetOptions {
		if c.ParquetOptions == nil {
			c.ParquetOptions = &bqv2.ParquetOptions{}
		}
		return c.ParquetOptions
	}
	switch name {
	case "format":
		return true, into(&c.SourceFormat, name, v)
	case "uris":
		return true, intoList(&c.SourceUris, name, v)
	case "compression":
		return true, into(&c.Compression, name, v)
	case "max_bad_records":
		return true, into(&c.MaxBadRecords, name, v)
	case "ignore_unknown_values":
		return true, into(&c.IgnoreUnknownValues, name, v)
	case "decimal_target_types":
		return true, intoList(&c.DecimalTargetTypes, name, v)
	case "hive_partition_uri_prefix":
		c.HivePartitioningOptions = &bqv2.HivePartitioningOptions{}
		return true, into(&c.HivePartitioningOptions.SourceUriPrefix, name, v)
	case "enable_logical_types":
		c.AvroOptions = &bqv2.AvroOptions{}
		return true, into(&c.AvroOptions.UseAvroLogicalTypes, name, v)
	case "enable_list_inference":
		return true, into(&parquet().EnableListInference, name, v)
	case "enum_as_string":
		return true, into(&parquet().EnumAsString, name, v)
	case "skip_leading_rows":
		return true, into(&csv().SkipLeadingRows, name, v)
	case "field_delimiter":
		return true, into(&csv().FieldDelimiter, name, v)
	case "encoding":
		return true, into(&csv().Encoding, name, v)
	case "null_marker":
		return true, into(&csv().NullMarker, name, v)
	case "allow_jagged_rows":
		return true, into(&csv().AllowJaggedRows, name, v)
	case "allow_quoted_newlines":
		return true, into(&csv().AllowQuotedNewlines, name, v)
	case "preserve_ascii_control_characters":
		return true, into(&csv().PreserveAsciiControlCharacters, name, v)
	case "quote":
		csv().Quote = new(string)
		return true, into(c.CsvOptions.Quote, name, v)
	}
	return false, nil
}

// into sets an option of one type.
func into[T any](target *T, name string, v any) error {
	value, ok := v.(T)
	if !ok {
		return bqerror.Query("The option %s can't be %v", name, v)
	}
	*target = value
	return nil
}

func intoList(target *[]string, name string, v any) error {
	list, ok := v.([]any)
	if !ok {
		return bqerror.Query("The option %s must be an ARRAY<STRING>", name)
	}
	for _, e := range list {
		var text string
		if err := into(&text, name, e); err != nil {
			return err
		}
		*target = append(*target, text)
	}
	return nil
}
