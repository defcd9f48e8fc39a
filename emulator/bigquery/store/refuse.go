package store

import (
	"fmt"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// refuseTable names what a table asks for that would be stored and ignored.
func refuseTable(r *bqv2.Table) error {
	err := bqerror.Ignored("", r, "biglakeConfiguration", "defaultCollation", "externalCatalogTableOptions", "externalDataConfiguration", "managedTableType",
		"model", "partitionDefinition", "tableReplicationInfo")
	if err != nil || r.Schema == nil {
		return err
	}
	return refuseFields("schema", r.Schema.Fields)
}

func refuseFields(path string, fields []*bqv2.TableFieldSchema) error {
	for i, f := range fields {
		at := fmt.Sprintf("%s.fields[%d]", path, i)
		if err := bqerror.Ignored(at, f, "collation", "dataPolicies", "dataPolicyList", "foreignTypeDefinition", "generatedColumn", "timestampPrecision"); err != nil {
			return err
		}
		if p := f.PolicyTags; p != nil && len(p.Names) > 0 {
			return bqerror.Ignored(at, f, "policyTags")
		}
		if err := setRounding(&f.RoundingMode, f.RoundingMode); err != nil {
			return err
		}
		if err := refuseFields(at, f.Fields); err != nil {
			return err
		}
	}
	return nil
}

// refuseDataset names what a dataset asks for that would be stored and ignored.
func refuseDataset(r *bqv2.Dataset) error {
	if err := setRounding(&r.DefaultRoundingMode, r.DefaultRoundingMode); err != nil {
		return err
	}
	return bqerror.Ignored("", r, "defaultCollation", "externalCatalogDatasetOptions", "externalDatasetReference", "isCaseInsensitive", "linkedDatasetSource")
}
