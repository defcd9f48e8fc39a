package catalog

import (
	"strings"
	"testing"

	bqv2 "google.golang.org/api/bigquery/v2"
)

func TestPartitions(t *testing.T) {
	byDay := PartitioningOf(&bqv2.Table{TimePartitioning: &bqv2.TimePartitioning{Type: "DAY", Field: "d"}})
	byHour := PartitioningOf(&bqv2.Table{TimePartitioning: &bqv2.TimePartitioning{Type: "HOUR"}})
	byRange := PartitioningOf(&bqv2.Table{RangePartitioning: &bqv2.RangePartitioning{
		Field: "n", Range: &bqv2.RangePartitioningRange{Start: 0, End: 25, Interval: 10},
	}})
	for _, test := range []struct {
		p         Partitioning
		table, id string
		want      string
	}{
		{byDay, "t$20261103", "20261103", `"d" >= TIMESTAMP '2026-11-03 00:00:00' AND "d" < TIMESTAMP '2026-11-04 00:00:00'`},
		{byHour, "t$2026110323", "2026110323", `"_PARTITIONTIME" >= TIMESTAMP '2026-11-03 23:00:00' AND "_PARTITIONTIME" < TIMESTAMP '2026-11-04 00:00:00'`},
		{byRange, "t$20", "20", `"n" >= 20 AND "n" < 25`},
		{byDay, "t$__NULL__", "__NULL__", `"d" IS NULL`},
	} {
		ref, id, decorated := Ref{"p", "d", test.table}.Partition()
		if ref.Table != "t" || id != test.id || !decorated {
			t.Errorf("%s: table %q, id %q, decorated %v", test.table, ref.Table, id, decorated)
		}
		if got, err := test.p.Partition(ref, id); err != nil || got.Where != test.want {
			t.Errorf("%s: %q, %v, want %q", test.table, got.Where, err, test.want)
		}
	}
	for _, test := range []struct {
		p  Partitioning
		id string
	}{{byDay, "2026"}, {byDay, "20261301"}, {byDay, ""}, {byHour, "20261103"}, {byRange, "5"}, {byRange, "30"}, {Partitioning{}, "20261103"}} {
		if got, err := test.p.Partition(Ref{"p", "d", "t"}, test.id); err == nil || !strings.Contains(err.Error(), "$"+test.id) {
			t.Errorf("%q: %q, %v, want an error that names it", test.id, got.Where, err)
		}
	}
	if _, _, decorated := (Ref{"p", "d", "t"}).Partition(); decorated {
		t.Error("t names a partition")
	}
}
