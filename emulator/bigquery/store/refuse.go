package store

import (
	"fmt"
	"regexp"

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
		if err := checkPolicyTags(at, f); err != nil {
			return err
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
	if h := r.MaxTimeTravelHours; h != 0 && (h < 48 || h > 168 || h%24 != 0) {
		return bqerror.Invalid("Invalid value for max_time_travel_hours: %d. It must be a multiple of 24 from 48 to 168", h)
	}
	return bqerror.Ignored("", r, "defaultCollation", "externalCatalogDatasetOptions", "externalDatasetReference", "isCaseInsensitive", "linkedDatasetSource")
}

// policyTag is the form of a policy tag's name
// (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema).
var policyTag = regexp.MustCompile(`^projects/[^/]+/locations/[^/]+/taxonomies/[^/]+/policyTags/[^/]+$`)

// checkPolicyTags refuses policy tags that BigQuery doesn't take. Whether there is such a tag
// isn't known.
func checkPolicyTags(at string, f *bqv2.TableFieldSchema) error {
	switch p := f.PolicyTags; {
	case p == nil || len(p.Names) == 0:
		return nil
	case len(p.Names) > 1:
		return bqerror.Invalid("%s: a field has one policy tag at most, not %d", at, len(p.Names))
	case len(f.Fields) > 0:
		return bqerror.Invalid("%s: a field of type RECORD can't have a policy tag; its fields can", at)
	case !policyTag.MatchString(p.Names[0]):
		return bqerror.Invalid("%s: invalid policy tag %q: it must be projects/*/locations/*/taxonomies/*/policyTags/*", at, p.Names[0])
	}
	return nil
}
