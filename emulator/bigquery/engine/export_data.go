package engine

import (
	"context"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/export"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// exportData writes the rows of EXPORT DATA.
func (r *run) exportData(ctx context.Context, plan *translate.Plan, res *Result) error {
	o, err := exportOptions(plan.Export.Options)
	if err != nil {
		return err
	}
	rows, err := r.read(ctx, plan.Steps[0], plan.Export.Columns)
	if err != nil {
		return err
	}
	done, err := export.Write(r.engine.buckets, rows, o)
	if err != nil {
		return err
	}
	res.BytesProcessed = r.bytesRead(ctx, plan)
	res.Exported = &bqv2.ExportDataStatistics{FileCount: done.Files, RowCount: done.Rows}
	return nil
}

// exportOptions reads the options of EXPORT DATA
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/export-statements#export_option_list).
func exportOptions(options map[string]any) (export.Options, error) {
	var o export.Options
	for name, v := range options {
		text, isText := v.(string)
		flag, isFlag := v.(bool)
		ok := isText
		switch name {
		case "uri":
			target, err := bucket.Parse(text)
			if err != nil {
				return o, err
			}
			if !strings.Contains(target.Name, "*") {
				return o, bqerror.Query("Option 'uri' value must be a wildcard URI.")
			}
			o.Target = target
		case "format":
			o.Format = strings.ToUpper(text)
		case "compression":
			o.Compression = strings.ToUpper(text)
		case "field_delimiter":
			o.Delimiter = text
		case "header":
			o.NoHeader, ok = !flag, isFlag
		case "overwrite":
			o.Overwrite, ok = flag, isFlag
		case "use_avro_logical_types":
			o.LogicalTypes, ok = flag, isFlag
		default:
			return o, bqerror.Unsupported("The option %s of EXPORT DATA", name)
		}
		if !ok {
			return o, bqerror.Query("The option %s of EXPORT DATA can't be %v", name, v)
		}
	}
	if o.Format == "JSON" {
		o.Format = export.JSON
	}
	return o, o.Check()
}
