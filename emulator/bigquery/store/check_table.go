package store

import (
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// checkTable refuses a table whose columns, or partitioning, BigQuery doesn't take.
func checkTable(r *bqv2.Table) error {
	if r.Schema != nil {
		if err := checkColumns(r.Schema.Fields); err != nil {
			return err
		}
	}
	if c := r.TableConstraints; c != nil && c.PrimaryKey != nil {
		for _, name := range c.PrimaryKey.Columns {
			if FindField(r, name) == nil {
				return bqerror.Invalid("The primary key has the column %s, which the table hasn't", name)
			}
		}
	}
	return checkPartitioning(r)
}

// The types of columns by which tables are partitioned
// (https://cloud.google.com/bigquery/docs/partitioned-tables).
var (
	timeColumns  = map[string]string{"DATE": "DAY MONTH YEAR", "TIMESTAMP": "HOUR DAY MONTH YEAR", "DATETIME": "HOUR DAY MONTH YEAR"}
	rangeColumns = map[string]string{"INTEGER": ""}
)

// By how many columns a table may be clustered, and of which types
// (https://cloud.google.com/bigquery/docs/clustered-tables#limitations).
const maxClustering = 4

// How many partitions a range may have (https://cloud.google.com/bigquery/quotas#partitioned_tables).
const maxRanges = 10_000

var clusterColumns = []string{"BIGNUMERIC", "BOOLEAN", "DATE", "DATETIME", "GEOGRAPHY", "INTEGER", "NUMERIC", "RANGE", "STRING", "TIMESTAMP"}

// checkPartitioning refuses partitioning by a column that can't carry it.
func checkPartitioning(r *bqv2.Table) error {
	if p := r.TimePartitioning; p != nil {
		p.Type = strings.ToUpper(p.Type)
		if !slices.Contains([]string{"DAY", "HOUR", "MONTH", "YEAR"}, p.Type) {
			return bqerror.Invalid("Time partitioning needs a type: DAY, HOUR, MONTH or YEAR, not %q", p.Type)
		}
		if err := checkPartitionColumn(r, p.Field, p.Type, timeColumns); err != nil {
			return err
		}
	}
	if p := r.RangePartitioning; p != nil {
		if r.TimePartitioning != nil {
			return bqerror.Invalid("A table is partitioned by time (timePartitioning) or by ranges (rangePartitioning), not by both")
		}
		if p.Range == nil || p.Range.Interval <= 0 || p.Range.End <= p.Range.Start {
			return bqerror.Invalid("Range partitioning needs a range whose end is after its start, and an interval above 0")
		}
		if n := (uint64(p.Range.End) - uint64(p.Range.Start) - 1) / uint64(p.Range.Interval); n >= maxRanges {
			return bqerror.Invalid("Range partitioning has %d ranges at most: from %d to %d by %d are %d", maxRanges, p.Range.Start, p.Range.End, p.Range.Interval, n+1)
		}
		if p.Field == "" {
			return bqerror.Invalid("Range partitioning needs a field")
		}
		if err := checkPartitionColumn(r, p.Field, "RANGE", rangeColumns); err != nil {
			return err
		}
	}
	if r.Clustering != nil {
		if n := len(r.Clustering.Fields); n > maxClustering {
			return bqerror.Invalid("A table is clustered by %d columns at most, not by %d", maxClustering, n)
		}
		for i, c := range r.Clustering.Fields {
			if slices.ContainsFunc(r.Clustering.Fields[:i], func(name string) bool { return strings.EqualFold(name, c) }) {
				return bqerror.Invalid("A table is clustered by a column once, not twice by %s", c)
			}
			f := FindField(r, c)
			if f == nil {
				return bqerror.Invalid("The field specified for clustering cannot be found in the schema. Invalid field: %s.", c)
			}
			if f.Mode == "REPEATED" || !slices.Contains(clusterColumns, f.Type) {
				return bqerror.Invalid("The field specified for clustering cannot be used for it. Field: %s, of type %s and mode %s.", c, f.Type, f.Mode)
			}
		}
	}
	return nil
}

// checkPartitionColumn checks the column that decides a row's partition, "" for the time of
// ingestion. allowed has the units of each type.
func checkPartitionColumn(r *bqv2.Table, field, unit string, allowed map[string]string) error {
	if field == "" {
		return nil
	}
	f := FindField(r, field)
	if f == nil {
		return bqerror.Invalid("The field specified for partitioning cannot be found in the schema. Field: %s.", field)
	}
	units, ok := allowed[f.Type]
	if !ok || f.Mode == "REPEATED" || units != "" && !strings.Contains(units, unit) {
		return bqerror.Invalid("The field specified for partitioning cannot be used by %s. Field: %s, of type %s and mode %s.", unit, field, f.Type, f.Mode)
	}
	return nil
}

// FindField is the field of a name, in any case, at the top of a table's schema; nil for none.
func FindField(r *bqv2.Table, name string) *bqv2.TableFieldSchema {
	if r.Schema == nil {
		return nil
	}
	for _, f := range r.Schema.Fields {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}
