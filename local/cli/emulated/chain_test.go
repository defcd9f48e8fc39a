package emulated

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/clitest"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/serve"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/local/simulate/ledger"
)

func TestMain(m *testing.M) {
	serve.IfChild()
	os.Exit(m.Run())
}

var program = clitest.Program{Emulators: Emulators()}

func TestDemo(t *testing.T) {
	for name, args := range map[string][]string{
		"election file": {"--day", cli.Yesterday().AddDays(-1).String()}, // that of yesterday closes today
		"open ballot":   {"--open-ballot"},
		"voters last":   {"--voters-last"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "ledger.json")
			status, stdout, stderr := program.Run(t, nil, append([]string{
				"demo", "--exit", "--free-ports", "--votes", "1500", "--day-in", "1s", "--ledger", file,
			}, args...)...)
			if status != cli.ExitOK || !strings.Contains(stderr, "Every core and analytics table equals the ledger, row for row.") {
				t.Fatalf("status %d:\n%s", status, stderr)
			}
			if slices.Contains(args, "--day") && !strings.Contains(stderr, "So the page says that voting has closed, while the votes still come.") {
				t.Errorf("the demo doesn't explain what the page says of its polls:\n%s", stderr)
			}
			if strings.Contains(stderr, "delayed") {
				t.Errorf("the count begins, or goes on, delayed:\n%s", stderr)
			}
			var got demoResult
			clitest.LastLine(t, stdout, &got)
			truth, err := ledger.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b := truth.Books()["votes"]
			want := run.Account{
				Records: b.Records, Accepted: b.Accepted, Duplicate: b.Duplicate,
				Rejected: b.Rejected, Pending: b.Pending, Gaps: b.Gaps, Balanced: true,
			}
			if got.Books != want || want.Records != 1500 {
				t.Errorf("books %+v, want %+v", got.Books, want)
			}
			f := got.Figures
			if (f.Register > 0) == slices.Contains(args, "--voters-last") {
				t.Errorf("the results had the register after %v s", f.Register)
			}
			if f.Votes != 1500 || f.Seconds <= 0 || f.LatencyP50 <= 0 || f.LatencyP99 < f.LatencyP50 || f.MemoryMB <= 0 || !f.TablesEqual {
				t.Errorf("figures %+v", f)
			}
		})
	}
}

func TestBench(t *testing.T) {
	status, stdout, stderr := program.Run(t, nil,
		"bench", "--votes", "1500", "--rate", "500", "--for", "1s", "--stage-votes", "1000", "--dashboard-for", "100ms", "--cold-starts", "1",
		"--warehouse", "bigquery,postgres", "--like", "cloud/50", "--like-rate", "5", "--like-for", "60s", "--national", "--national-rate", "6")
	if status != cli.ExitOK {
		t.Fatalf("status %d:\n%s", status, stderr)
	}
	var got benchResult
	clitest.LastLine(t, stdout, &got)
	if len(got.Warehouses) != 2 {
		t.Fatalf("warehouses %+v, want two", got.Warehouses)
	}
	latencies := got.Cloud
	for _, m := range got.Warehouses {
		if tp := m.Throughput; tp == nil || tp.Votes != 1500 || tp.VotesPerSecond <= 0 || tp.Differences != 0 || tp.MemoryMB <= 0 {
			t.Errorf("%s: throughput %+v", m.Warehouse, tp)
		}
		if s := m.Stages; s == nil || s.Records == 0 || s.Simulate <= 0 || s.Bridge <= 0 || s.Ingest <= 0 || s.Aggregate <= 0 || s.Dashboard <= 0 {
			t.Errorf("%s: stages %+v", m.Warehouse, s)
		}
		latencies = append(latencies, m.Latency)
	}
	if len(got.Cloud) != 2 || got.Cloud[0].Rate != 5 || got.Cloud[1].Rate != 6 || got.Cloud[0].Modelled != 0 || got.Cloud[1].Modelled != 150_000_000 {
		t.Fatalf("latencies like the cloud %+v", got.Cloud)
	}
	for _, l := range latencies {
		if l == nil || l.Votes == 0 || l.Hops.Taken.P50 <= 0 || l.Hops.Shown.P99 < l.Hops.Shown.P50 || l.P50 <= 0 || l.P99 < l.P50 || l.Max < l.P99 || l.Differences != 0 {
			t.Errorf("latency %+v", l)
		}
	}
	for _, function := range []string{settings.Bridge, settings.Ingest, settings.Aggregate, settings.Dashboard} {
		if c := got.ColdStarts[function]; c.P50 <= 0 || c.Max < c.P50 {
			t.Errorf("cold start of %s %+v", function, c)
		}
	}
	for _, want := range []string{"Kafka to the analytics tables", "exact", "here, bigquery         here, postgres          like cloud/50", "500 votes/s            500 votes/s              5 votes/s              6 votes/s", "With the tables in postgres:", "dashboard alone", "start of ingest to its first answer"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the table doesn't say %q:\n%s", want, stdout)
		}
	}
}
