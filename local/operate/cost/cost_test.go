package cost

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/errortest"
	"github.com/tallystream/tallystream/shared/warehouse"
)

func builtIn(t *testing.T) (Measurement, Prices) {
	t.Helper()
	m, err := Measured()
	if err != nil {
		t.Fatal(err)
	}
	p, err := ListPrices()
	if err != nil {
		t.Fatal(err)
	}
	return m, p
}

func estimate(t *testing.T, w Workload) Estimate {
	t.Helper()
	m, p := builtIn(t)
	e, err := Of(w, m, p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The measurement knows every table with every column.
func TestMeasurementIsWhole(t *testing.T) {
	m, _ := builtIn(t)
	if _, err := time.Parse(time.DateOnly, m.Date); err != nil || m.Machine == "" {
		t.Errorf("date %q of machine %q", m.Date, m.Machine)
	}
	for _, table := range warehouse.Tables() {
		if table.ID() == "analytics.certifications" {
			continue // a row for each word of a person costs nothing
		}
		for _, f := range table.Fields {
			bytes, ok := m.Tables[table.ID()].Columns[f.Name]
			if !ok || f.Required() && bytes <= 0 {
				t.Errorf("%s.%s has %v bytes: measure again (go run ./local cost --measure local/operate/cost/measurement.json)", table.ID(), f.Name, bytes)
			}
		}
	}
}

func TestPricesAreDatedAndSourced(t *testing.T) {
	_, p := builtIn(t)
	if _, err := time.Parse("2006-01", p.Date); err != nil {
		t.Errorf("date %q", p.Date)
	}
	for _, item := range p.Items {
		if item.Price <= 0 || item.Unit == "" || !strings.HasPrefix(item.Source, "https://cloud.google.com/") {
			t.Errorf("item %+v", item)
		}
		if strings.HasPrefix(item.Name, "cloudsql_") && item.Checked == "" {
			t.Errorf("nothing says where the price of %s was checked", item.Name)
		}
	}
	if _, err := p.of("hot air"); err == nil {
		t.Error("hot air has a price")
	}
}

func TestNationalElectionUnderHundredDollars(t *testing.T) {
	e := estimate(t, Suggested(150_000_000, 14))
	if e.Total >= 100 {
		t.Errorf("it costs %s", dollars(e.Total))
	}
	if e.Latency.P50 >= 60 {
		t.Errorf("a vote takes %s to the dashboard", spell(e.Latency.P50))
	}
	if e.AfterFree >= e.Total {
		t.Errorf("%s with free tiers, %s without", dollars(e.AfterFree), dollars(e.Total))
	}
}

// A deployment that waits for nobody isn't worth pausing.
func TestADayOfWaitingUnderADollar(t *testing.T) {
	m, p := builtIn(t)
	for _, voters := range Sizes {
		day, err := Waiting(Suggested(voters, 14), true, m, p)
		if err != nil || day.Total >= 1 || day.Total <= 0 {
			t.Errorf("%d voters: a day costs %s, %v", voters, dollars(day.Total), err)
		}
		awake, err := Waiting(Suggested(voters, 14), false, m, p)
		if err != nil || awake.Total < 2*day.Total {
			t.Errorf("%d voters: a day awake costs %s, %v: the model has no rest", voters, dollars(awake.Total), err)
		}
	}
}

// A pass and a look take longer the more they read, and what is published is older the
// rarer the looks are.
func TestLatency(t *testing.T) {
	small, large := estimate(t, Suggested(10_000, 14)), estimate(t, Suggested(150_000_000, 14))
	if small.Latency.Pass < 20 || small.Latency.Pass > 60 || large.Latency.Pass < 2*small.Latency.Pass || large.Latency.Look < 2*small.Latency.Look {
		t.Errorf("%+v of 10,000 voters, and %+v of 150,000,000", small.Latency, large.Latency)
	}
	for name, change := range map[string]func(w *Workload){
		"rarer looks":  func(w *Workload) { w.Refresh *= 2 },
		"longer waits": func(w *Workload) { w.Linger *= 2 },
	} {
		w := large.Workload
		change(&w)
		if later := estimate(t, w).Latency; later.P50 <= large.Latency.P50 || later.P99 <= later.P50 {
			t.Errorf("%s: %+v, was %+v", name, later, large.Latency)
		}
	}
	// Looks can't begin more often than they end, nor can passes.
	w := large.Workload
	w.Refresh = time.Second
	if often := estimate(t, w).Latency; often.P50 < 1.5*often.Look {
		t.Errorf("%+v of looks without a pause", often)
	}
	w.PassInterval = time.Millisecond
	if often := estimate(t, w); often.Passes > w.Hours*3600/large.Latency.Pass*2 {
		t.Errorf("%v passes without a pause, of %v s each", often.Passes, often.Latency.Pass)
	}
}

// The example of a national election has the settings that are priced for one.
func TestNationalExample(t *testing.T) {
	source, err := os.ReadFile("../../../terraform/examples/national/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	w := Suggested(150_000_000, 14)
	for setting, want := range map[string]float64{
		"pass_interval_seconds": w.PassInterval.Seconds(), "step_interval_seconds": w.Step.Seconds(),
		"refresh_seconds": w.Refresh.Seconds(), "linger_ms": float64(w.Linger.Milliseconds()),
	} {
		m := regexp.MustCompile(setting + `\s+= (\d+)`).FindStringSubmatch(string(source))
		if m == nil || m[1] != fmt.Sprint(want) {
			t.Errorf("%s is %q, %v is priced", setting, m, want)
		}
	}
}

// The alerts that are priced are those that there are.
func TestAlertReferences(t *testing.T) {
	source, err := os.ReadFile("../../../terraform/modules/monitoring/alerts.tf")
	if err != nil {
		t.Fatal(err)
	}
	of, ofDatabase, found := strings.Cut(string(source), "database-connections = {")
	if n := strings.Count(of, "local.promql."); n != alertReferences || !found {
		t.Errorf("the conditions name %d metrics, %d are priced", n, alertReferences)
	}
	if n := strings.Count(ofDatabase, "local.promql."); n != databaseReferences {
		t.Errorf("the conditions about a database name %d metrics, %d are priced", n, databaseReferences)
	}
}

// The total is the sum of the parts, and each part grows with what it depends on.
func TestEstimate(t *testing.T) {
	base := Suggested(1_000_000, 14)
	e := estimate(t, base)
	sum := 0.0
	for _, l := range e.Lines {
		if l.Quantity < 0 || math.IsNaN(l.Cost) || math.IsInf(l.Cost, 0) {
			t.Errorf("line %+v", l)
		}
		sum += l.Cost
	}
	if math.Abs(sum-e.Total) > 1e-9 {
		t.Errorf("the total is %v, the lines are %v", e.Total, sum)
	}
	for _, tt := range []struct {
		name   string
		change func(*Workload)
		part   string
		dearer bool
	}{
		{"more voters read more", func(w *Workload) { w.Voters *= 20 }, partQueries, true},
		{"more voters store more", func(w *Workload) { w.Voters *= 2 }, partWarehouse, true},
		{"fewer passes read less", func(w *Workload) { w.PassInterval *= 5 }, partQueries, false},
		{"fuller messages are smaller", func(w *Workload) { w.Linger *= 4 }, partPubSub, false},
		{"fuller messages are fewer calls", func(w *Workload) { w.Linger *= 4 }, partFunctions, false},
		{"rarer steps read less", func(w *Workload) { w.Step *= 2 }, partQueries, false},
		{"rarer looks read less", func(w *Workload) { w.Refresh *= 4 }, partQueries, false},
		{"a longer day runs longer", func(w *Workload) { w.Hours *= 2 }, partFunctions, true},
		{"shards run side by side", func(w *Workload) { w.Shards = 2 }, partFunctions, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := base
			tt.change(&w)
			before, after := e.part(tt.part), estimate(t, w).part(tt.part)
			if after == before || after > before != tt.dearer {
				t.Errorf("%s costs %v, was %v", tt.part, after, before)
			}
		})
	}
}

// The nation that is live shows half of the votes within twenty seconds, as the tables of
// the documentation have it. Its rows are those of the middle of the day.
func TestNation(t *testing.T) {
	m, _ := builtIn(t)
	w := Nation()
	if e := estimate(t, w); e.Latency.P50 >= 20 {
		t.Errorf("p50 of %+v is %v s, want less than 20", w, e.Latency.P50)
	}
	rows := Rows(w, m)
	if voters, ballots := rows["core.voters"], rows["core.ballots"]; voters < 140_000_000 || voters > 150_000_000 || ballots < 60_000_000 || ballots > 75_000_000 {
		t.Errorf("%d voters and %d ballots at midday", voters, ballots)
	}
	if recent := rows["raw.votes"]; recent < 10_000_000 || recent > 25_000_000 {
		t.Errorf("%d votes of the last hours", recent)
	}
}

// A statement is billed for rows times columns, and for 10 MB a table at least.
func TestBytes(t *testing.T) {
	m := Measurement{VoterRecords: 100, VoteRecords: 100, Tables: map[string]Table{
		"core.ballots":  {Rows: 50, Columns: map[string]float64{"voter_key": 24, "candidate": 8}},
		"core.voters":   {Rows: 100, Columns: map[string]float64{"voter_key": 24, "state": 4}},
		"core.progress": {Rows: 8, Columns: map[string]float64{"kafka_topic": 7}},
	}}
	w := Suggested(150_000_000, 10)
	w.Shards = 1
	at := moment{m: &m, w: w, voterRecords: 2e6, voteRecords: 4e6, voteRate: 100, hours: 5}
	for _, tt := range []struct {
		name string
		read read
		want float64
	}{
		{"a column of all rows", read{"core.ballots", []string{"voter_key"}, whole}, 2e6 * 24},
		{"all columns", all("core.voters", whole), 2e6 * 28},
		{"the touched hours", all("core.ballots", touched), 2 * 3600 * 100 / 2 * 32},
		{"no more than there is", all("core.voters", touched), leastTable},
		{"a small table", progress, leastTable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := at.bytes(step{reads: []read{tt.read}}); math.Abs(got-max(tt.want, leastTable)) > 1 {
				t.Errorf("%v bytes, want %v", got, tt.want)
			}
		})
	}
}

func TestBatchBytes(t *testing.T) {
	m := Measurement{Batches: []Batch{{1, 400}, {10, 940}, {100, 5000}}}
	for n, want := range map[float64]float64{0.5: 400, 1: 400, 5.5: 670, 10: 940, 100: 5000, 200: 10000} {
		if got := m.batchBytes(n); math.Abs(got-want) > 1e-9 {
			t.Errorf("a message of %v votes has %v bytes, want %v", n, got, want)
		}
	}
}

func TestWorkloadMistakes(t *testing.T) {
	w := Suggested(0, -1)
	w.Linger, w.PassInterval, w.Refresh, w.Shards = time.Minute, 0, 0, 9
	m, _ := builtIn(t)
	_, err := Of(w, m, Prices{})
	errortest.Says(t, err, "0 voters", "-1 hours", "a pass every 0s", "a refresh every 0s", "linger of 1m0s", "9 shards of 4 partitions")
	if _, err := Of(Suggested(1000, 1), m, Prices{}); err == nil {
		t.Error("an estimate without prices")
	}
	if _, err := parseMeasurement([]byte(`{"date":"2026-01-01"}`)); err == nil || !strings.Contains(err.Error(), "measure again") {
		t.Errorf("error %v of an empty measurement", err)
	}
}

func TestNumbers(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 0.0000123456: "0.000012", 0.5: "0.5", 12.345: "12.3", 1234.5: "1,234", 1e6: "1,000,000"} {
		if got := quantity(f); got != want {
			t.Errorf("quantity(%v) = %q, want %q", f, got, want)
		}
	}
	for f, want := range map[float64]string{0: "$0", 0.001: "< $0.01", 0.006: "$0.01", 1234.5: "$1,234.50"} {
		if got := dollars(f); got != want {
			t.Errorf("dollars(%v) = %q, want %q", f, got, want)
		}
	}
}

// documents checks that the documentation has what the command prints with some flags, and
// returns the documentation.
func documents(t *testing.T, printed, flags string) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/cost.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), printed) {
		t.Errorf("docs/cost.md doesn't have what go run ./local cost %s prints:\n%s", flags, printed)
	}
	return string(text)
}

// The tables of the documentation are those that the program prints.
func TestDocumentation(t *testing.T) {
	m, p := builtIn(t)
	tables, err := Tables(m, p)
	if err != nil {
		t.Fatal(err)
	}
	text := documents(t, "\n"+tables, "--table")
	for _, date := range []string{m.Date, p.Date} {
		if !strings.Contains(text, date) {
			t.Errorf("docs/cost.md doesn't name %s, the date of what it reckons with", date)
		}
	}
}
