package catalog

import (
	"fmt"
	"math"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Partitioning says how the rows of a table are divided. The zero Partitioning is that of
// a table without partitions.
type Partitioning struct {
	Field    string // the column that decides, PartitionTime for ingestion time
	unit     string // HOUR, DAY, MONTH or YEAR; "" for ranges
	from, to int64  // bounds of ranges, and their width
	width    int64
}

// PartitioningOf reads the partitioning of a table's resource.
func PartitioningOf(r *bqv2.Table) Partitioning {
	switch {
	case r.TimePartitioning != nil:
		p := Partitioning{Field: r.TimePartitioning.Field, unit: strings.ToUpper(r.TimePartitioning.Type)}
		if p.Field == "" {
			p.Field = PartitionTime
		}
		return p
	case r.RangePartitioning != nil && r.RangePartitioning.Range != nil:
		b := r.RangePartitioning.Range
		return Partitioning{Field: r.RangePartitioning.Field, from: b.Start, to: b.End, width: max(b.Interval, 1)}
	}
	return Partitioning{}
}

// Two partitions are numbered apart from the others: that of NULL, and that of
// values beyond all partitions, which BigQuery calls __UNPARTITIONED__.
const (
	nullPartition  = math.MinInt64
	outerPartition = math.MinInt64 + 1
)

// BigQuery has partitions by time from 1960 to 2159.
var (
	firstPartition = time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC)
	endPartition   = time.Date(2160, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Most is how many partitions the table can have at most, whatever its rows.
func (p Partitioning) Most() int64 {
	years := int64(endPartition.Year() - firstPartition.Year())
	hours := int64(endPartition.Sub(firstPartition).Hours())
	switch {
	case p.Field == "":
		return 0
	case p.unit == "YEAR":
		return years + 2
	case p.unit == "MONTH":
		return years*12 + 2
	case p.unit == "HOUR":
		return hours + 2
	case p.unit != "":
		return hours/24 + 2
	default:
		return max(p.to-p.from, 0)/p.width + 2
	}
}

// Number numbers the partition of a value of the column, which is nil, a
// time.Time or an int64.
func (p Partitioning) Number(v any) int64 {
	switch x := v.(type) {
	case time.Time:
		if x.Before(firstPartition) || !x.Before(endPartition) {
			return outerPartition
		}
		x = x.UTC()
		switch p.unit {
		case "YEAR":
			return int64(x.Year())
		case "MONTH":
			return int64(x.Year())*12 + int64(x.Month())
		case "HOUR":
			return (x.Unix() - firstPartition.Unix()) / 3600
		default:
			return (x.Unix() - firstPartition.Unix()) / 86400
		}
	case int64:
		if x < p.from || x >= p.to {
			return outerPartition
		}
		return (x - p.from) / p.width
	default:
		return nullPartition
	}
}

// NumberSQL is an expression that tells the partitions of rows apart as Number
// does; the numbers themselves may be others.
func (p Partitioning) NumberSQL() string {
	field := types.Quote(p.Field)
	low, high, number := fmt.Sprint(p.from), fmt.Sprint(p.to), fmt.Sprintf("(%s - %d) // %d", field, p.from, p.width)
	if p.unit != "" {
		low, high = "DATE '"+firstPartition.Format(time.DateOnly)+"'", "DATE '"+endPartition.Format(time.DateOnly)+"'"
		number = fmt.Sprintf("date_diff('%s', %s::TIMESTAMP, %s::TIMESTAMP)", strings.ToLower(p.unit), low, field)
	}
	return fmt.Sprintf("CASE WHEN %[1]s IS NULL THEN %[2]d WHEN %[1]s < %[3]s OR %[1]s >= %[4]s THEN %[5]d ELSE %[6]s END",
		field, int64(nullPartition)+2, low, high, int64(outerPartition)+2, number)
}
