package bench

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/profile"
	"github.com/tallystream/tallystream/local/operate/cost"
	"github.com/tallystream/tallystream/local/run"
)

// The model of the cost and the emulators' profile take the same time for what is read.
func TestTimesOfTheModel(t *testing.T) {
	scans := profile.Cloud().Scans
	for scan, want := range map[profile.Scan]time.Duration{profile.BigQueryChange: cost.ReadTime, profile.BigQueryRead: cost.ScanTime} {
		if got := time.Duration(scans[scan].Time * float64(time.Millisecond)); got != want {
			t.Errorf("a GiB of %s takes %v in emulator/profile/cloud.json, and %v in local/operate/cost/assumptions.go", scan, got, want)
		}
	}
}

// A system like a nation has the nation's settings, at the profile's speed, and its rows.
func TestNation(t *testing.T) {
	var c Config
	o, err := c.Nation("cloud/20")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"PASS_INTERVAL": "45", "STEP_INTERVAL": "15", "LINGER_MS": "50", "REFRESH": "1", "DELAYED_AFTER": "180"}
	if diff := cmp.Diff(want, o.Settings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if o.Like != run.Like("cloud/20") || o.Rows["core.voters"] < 140_000_000 || c.Modelled != 150_000_000 || c.Election.Partitions != o.Partitions {
		t.Errorf("options %+v of %+v", o, c)
	}
}
