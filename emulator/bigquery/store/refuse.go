package store

import (
	"regexp"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
)

// checkTableText refuses a table whose labels or descriptions BigQuery doesn't take, and the modes of
// rounding that there aren't.
func checkTableText(r *bqv2.Table) error {
	if err := catalog.CheckLabels(r.Labels); err != nil {
		return err
	}
	if err := catalog.CheckDescription("a table", r.Description); err != nil {
		return err
	}
	if err := setRounding(&r.DefaultRoundingMode, r.DefaultRoundingMode); err != nil || r.Schema == nil {
		return err
	}
	return checkFieldText(r.Schema.Fields)
}

func checkFieldText(fields []*bqv2.TableFieldSchema) error {
	for _, f := range fields {
		if err := catalog.CheckColumnDescription(f.Name, f.Description); err != nil {
			return err
		}
		if err := checkPolicyTags(f); err != nil {
			return err
		}
		if err := setRounding(&f.RoundingMode, f.RoundingMode); err != nil {
			return err
		}
		if err := checkFieldText(f.Fields); err != nil {
			return err
		}
	}
	return nil
}

// checkDataset refuses a dataset whose texts or times BigQuery doesn't take, and the modes of rounding that
// there aren't.
func checkDataset(r *bqv2.Dataset) error {
	if err := checkCollation(r.DefaultCollation); err != nil {
		return err
	}
	if err := catalog.CheckLabels(r.Labels); err != nil {
		return err
	}
	if err := catalog.CheckDescription("a dataset", r.Description); err != nil {
		return err
	}
	const leastExpiration, dayHours = 3_600_000, 24 // milliseconds, hours
	if ms := r.DefaultTableExpirationMs; ms != 0 && ms < leastExpiration {
		return bqerror.Invalid("Invalid value for defaultTableExpirationMs: %d is less than an hour, which is %d", ms, leastExpiration)
	}
	if ms := r.DefaultPartitionExpirationMs; ms < 0 {
		return bqerror.Invalid("Invalid value for defaultPartitionExpirationMs: %d is negative", ms)
	}
	if h := r.MaxTimeTravelHours; h != 0 && (h < 2*dayHours || h > 7*dayHours || h%dayHours != 0) {
		return bqerror.Invalid("Invalid value for maxTimeTravelHours: %d. It is a multiple of 24 from 48 to 168.", h)
	}
	return setRounding(&r.DefaultRoundingMode, r.DefaultRoundingMode)
}

// policyTag is the form of a policy tag's name
// (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema).
var policyTag = regexp.MustCompile(`^projects/[^/]+/locations/[^/]+/taxonomies/[^/]+/policyTags/[^/]+$`)

// checkPolicyTags refuses policy tags that BigQuery doesn't take. Whether there is such a tag
// isn't known.
func checkPolicyTags(f *bqv2.TableFieldSchema) error {
	switch p := f.PolicyTags; {
	case p == nil || len(p.Names) == 0:
		return nil
	case len(p.Names) > 1:
		return bqerror.Invalid("Field %s has %d policy tags: a field has one at most", f.Name, len(p.Names))
	case len(f.Fields) > 0:
		return bqerror.Invalid("Field %s is a RECORD, which can't have a policy tag; its fields can", f.Name)
	case !policyTag.MatchString(p.Names[0]):
		return bqerror.Invalid("Field %s: invalid policy tag %q: it must be projects/*/locations/*/taxonomies/*/policyTags/*", f.Name, p.Names[0])
	}
	return nil
}
