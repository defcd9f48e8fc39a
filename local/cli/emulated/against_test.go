package emulated

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/stress/bench"
)

func TestAgainstTable(t *testing.T) {
	comparison := &bench.Comparison{
		Records: 2_020_000, Votes: 1_000_000, Broker: "Apache Kafka", State: "sql",
		Ours: bench.Rate{Start: 0.61, Seconds: 20.2, Processor: 35.2, RecordsPerSecond: 100_000},
		PySpark: []bench.PySparkRate{
			{Rate: bench.Rate{Start: 7.4, Seconds: 50.5, Processor: 88, RecordsPerSecond: 40_000}, Batch: 100_000, Batches: 21, Times: 2.5, TimesProcessor: 2.5},
			{Rate: bench.Rate{Start: 7.4, Seconds: 10.1, RecordsPerSecond: 200_000, Differences: 1}, Batch: 1 << 30, Batches: 1, Warm: true, Times: 0.5},
		},
	}
	got := againstTable("2 CPUs", comparison)
	for _, want := range []string{
		"Everything on one machine: 2 CPUs\n",
		"2,020,000 records on Apache Kafka, 1,000,000 of them votes; PySpark's state in sql\n",
		"Tallystream                                      100,000      20.2        35.2       0.6      exact",
		"PySpark, 100,000 records a batch                  40,000      50.5        88.0       7.4      exact  2.5 times as fast, by processor time 2.5\n",
		"PySpark, all in one batch, JVM warm              200,000      10.1         0.0       7.4  NOT exact  0.5 times as fast\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the table lacks %q:\n%s", want, got)
		}
	}
	if n := comparison.Differences(); n != 1 {
		t.Errorf("%d differences, want 1", n)
	}
}
