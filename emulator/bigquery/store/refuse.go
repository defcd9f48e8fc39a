package store

import (
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
)

// checkTableText refuses a table whose labels or descriptions BigQuery doesn't take, and the modes of
// rounding that there aren't.
func (s *Store) checkTableText(r *bqv2.Table) error {
	if err := catalog.CheckLabels(r.Labels); err != nil {
		return err
	}
	if err := catalog.CheckDescription("a table", r.Description); err != nil {
		return err
	}
	if err := setRounding(&r.DefaultRoundingMode, r.DefaultRoundingMode); err != nil || r.Schema == nil {
		return err
	}
	return s.checkFieldText(r.Schema.Fields)
}

func (s *Store) checkFieldText(fields []*bqv2.TableFieldSchema) error {
	for _, f := range fields {
		if err := catalog.CheckColumnDescription(f.Name, f.Description); err != nil {
			return err
		}
		if err := s.checkPolicies(f); err != nil {
			return err
		}
		if err := setRounding(&f.RoundingMode, f.RoundingMode); err != nil {
			return err
		}
		if err := s.checkFieldText(f.Fields); err != nil {
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
