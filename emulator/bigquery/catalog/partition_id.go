package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Partition splits the id of a partition off the name of a table: t$20261103. decorated
// says that the name has one.
func (r Ref) Partition() (table Ref, id string, decorated bool) {
	r.Table, id, decorated = strings.Cut(r.Table, "$")
	return r, id, decorated
}

// A Partition is one partition of a table.
type Partition struct {
	Where  string    // the condition of its rows in DuckDB's SQL
	Start  time.Time // of a partition by time
	Number int64     // as Partitioning.Number has it
}

// The ids of the rows that no other partition holds
// (https://cloud.google.com/bigquery/docs/partitioned-tables).
const (
	nullID  = "__NULL__"
	outerID = "__UNPARTITIONED__"
)

// layouts are the ids of partitions by time.
var layouts = map[string]string{"HOUR": "2006010215", "DAY": "20060102", "MONTH": "200601", "YEAR": "2006"}

// UnitOf is the unit of partitions by time that have ids like this one, "" for none.
func UnitOf(id string) string {
	for unit, layout := range layouts {
		if _, err := time.Parse(layout, id); err == nil && len(id) == len(layout) {
			return unit
		}
	}
	return ""
}

// Partition is the partition of an id, of the table that ref names.
func (p Partitioning) Partition(ref Ref, id string) (Partition, error) {
	field := types.Quote(p.Field)
	switch {
	case p.Field == "":
		return Partition{}, bqerror.Invalid("Cannot read or write partition $%s of table %s: it has no partitions", id, ref)
	case id == nullID:
		return Partition{Where: field + " IS NULL", Number: nullPartition}, nil
	case id == outerID:
		return Partition{Where: p.NumberSQL() + fmt.Sprintf(" = %d", int64(outerPartition)+2), Number: outerPartition}, nil
	case p.unit != "":
		return p.timePartition(ref, id)
	}
	start, err := strconv.ParseInt(id, 10, 64)
	if err != nil || start < p.from || start >= p.to || (start-p.from)%p.width != 0 {
		return Partition{}, bqerror.Invalid("Invalid partition id $%s of table %s: its partitions begin at %d and have a width of %d, up to %d",
			id, ref, p.from, p.width, p.to)
	}
	return Partition{
		Where:  fmt.Sprintf("%[1]s >= %[2]d AND %[1]s < %[3]d", field, start, min(start+p.width, p.to)),
		Number: p.Number(start),
	}, nil
}

func (p Partitioning) timePartition(ref Ref, id string) (Partition, error) {
	start, err := time.Parse(layouts[p.unit], id)
	if err != nil || UnitOf(id) != p.unit {
		return Partition{}, bqerror.Invalid("Invalid partition id $%s of table %s: it is partitioned by %s, with ids like $%s",
			id, ref, p.unit, firstPartition.Format(layouts[p.unit]))
	}
	var end time.Time
	switch p.unit {
	case "YEAR":
		end = start.AddDate(1, 0, 0)
	case "MONTH":
		end = start.AddDate(0, 1, 0)
	case "HOUR":
		end = start.Add(time.Hour)
	default:
		end = start.AddDate(0, 0, 1)
	}
	const literal = "TIMESTAMP '2006-01-02 15:04:05'"
	return Partition{
		Where: fmt.Sprintf("%[1]s >= %[2]s AND %[1]s < %[3]s", types.Quote(p.Field), start.Format(literal), end.Format(literal)),
		Start: start, Number: p.Number(start),
	}, nil
}
