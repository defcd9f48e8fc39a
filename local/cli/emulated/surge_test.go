package emulated

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/stress/bench"
)

func TestSurgeTable(t *testing.T) {
	got := surgeTable("2 CPUs", &bench.Surge{
		Votes: 680_000, Recovery: 36.9, Differences: 0, MemoryMB: map[string]float64{"ingest": 219.4},
		Samples: []bench.SurgeSample{{Second: 11.2, Sent: 19_956, Kafka: 12_792, PubSub: 37, Waiting: 20_417, Age: 1.52}},
	})
	for _, want := range []string{
		"2 CPUs",
		"      11    19,956       12,792             37       20,417          1.5\n",
		"680,000 votes, exact; as fresh as before 36.9 s after the surge\n",
		"memory of ingest     at most 219 MB resident\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the table lacks %q:\n%s", want, got)
		}
	}
	if wrong := surgeTable("", &bench.Surge{Differences: 1}); !strings.Contains(wrong, "NOT exact") {
		t.Errorf("differences aren't told:\n%s", wrong)
	}
}
