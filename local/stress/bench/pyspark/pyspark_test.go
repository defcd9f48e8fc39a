package pyspark

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/simulate/ledger"
)

var day = civil.Date{Year: 2026, Month: time.November, Day: 3}

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The README names the versions that are installed, and Spark's Kafka source is of
// PySpark's version.
func TestVersions(t *testing.T) {
	readme := text(t, "README.md")
	required := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z]+)==(\S+)$`).FindAllStringSubmatch(text(t, "requirements.txt"), -1) {
		required[m[1]] = m[2]
		if want := m[1] + " " + m[2]; !strings.Contains(readme, want) {
			t.Errorf("README.md lacks %q of requirements.txt", want)
		}
	}
	if names := slices.Sorted(maps.Keys(required)); !slices.Equal(names, []string{"duckdb", "pandas", "pyarrow", "pyspark"}) {
		t.Errorf("requirements.txt pins %v", names)
	}
	version := func(pom, artifact string) string {
		t.Helper()
		m := regexp.MustCompile(`<artifactId>` + regexp.QuoteMeta(artifact) + `</artifactId>\s*<version>([^<]+)</version>`).FindStringSubmatch(text(t, pom))
		if m == nil {
			t.Fatalf("%s has no version of %s", pom, artifact)
		}
		return m[1]
	}
	source := version("pom.xml", "spark-sql-kafka-0-10_2.13")
	if source != required["pyspark"] {
		t.Errorf("pom.xml has Spark's Kafka source %s, and requirements.txt pyspark %s", source, required["pyspark"])
	}
	for _, want := range []string{
		"spark-sql-kafka-0-10_2.13 " + source,
		"kafka_2.13 " + version("../../../test/apachekafka/pom.xml", "kafka_2.13"),
	} {
		if !strings.Contains(readme, want) {
			t.Errorf("README.md lacks %q", want)
		}
	}
}

// job.py reads every field of a Job, and no other.
func TestJobFields(t *testing.T) {
	want, got := map[string]bool{}, map[string]bool{}
	for field := range reflect.TypeFor[Job]().Fields() {
		want[field.Tag.Get("json")] = true
	}
	for _, m := range regexp.MustCompile(`job\[["']([a-z_]+)["']\]`).FindAllStringSubmatch(text(t, "job.py"), -1) {
		got[m[1]] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields that job.py reads (-Job +job.py):\n%s", diff)
	}
}

// job.py is Python, as far as that can be told without PySpark.
func TestJobCompiles(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("Python is missing: install it to check job.py")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a moment, on an idle machine
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "-c", `compile(open("job.py", encoding="utf-8").read(), "job.py", "exec")`)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("job.py: %v: %s", errors.Join(err, ctx.Err()), out)
	}
}

func TestOutcomeIsRead(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("outcome.json", `{"start_seconds":7.5,"counts":[{"records":10,"batches":2,"seconds":1.5,"processor_seconds":2.5}]}`)
	write("windows-0.json", `[[1793693700,"Texas","Maya Rivera",3],[1793693760,"Ohio","June Okafor",1]]`)
	out, err := readOutcome(Job{Folder: dir, Batches: []int{5}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := out.Counts[0].Minutes(simulate.BuiltIn(day))
	if err != nil {
		t.Fatal(err)
	}
	want := map[ledger.Minute]int64{
		{Start: 1793693700, Region: "TX", Candidate: "rivera"}: 3,
		{Start: 1793693760, Region: "OH", Candidate: "okafor"}: 1,
	}
	if diff := cmp.Diff(want, got); diff != "" || out.Start != 7.5 || out.Counts[0].Processor != 2.5 {
		t.Errorf("read %+v (-want +got):\n%s", out, diff)
	}
	if _, err := readOutcome(Job{Folder: dir, Batches: []int{5, 5}}); err == nil {
		t.Error("a count that is missing goes unseen")
	}
	for _, bad := range []string{
		`[[1793693700,"Atlantis","Maya Rivera",3]]`,
		`[[1793693700,"Texas","Nobody",3]]`,
		`[[1793693700,"Texas","Maya Rivera",3],[1793693700,"Texas","Maya Rivera",4]]`,
	} {
		var c Count
		if err := json.Unmarshal([]byte(bad), &c.Windows); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Minutes(simulate.BuiltIn(day)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	var w Window
	if err := json.Unmarshal([]byte(`[1793693700,"Texas","Maya Rivera"]`), &w); err == nil {
		t.Error("a window without votes is taken")
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	in := Installation{Folder: t.TempDir(), KafkaJars: t.TempDir()}
	_, err := in.Run(t.Context(), Job{})
	if err == nil {
		t.Fatal("a job ran without PySpark")
	}
	for _, want := range []string{"PySpark isn't here", "Spark's Kafka source isn't here", "make compare-pyspark", "Apache Kafka isn't here", "make kafka"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
}

// PySpark's windows are those of the ledger, in one micro-batch and in many.
func TestJob(t *testing.T) {
	in := Installation{Folder: ".", KafkaJars: "../../../test/apachekafka/jars"}
	if err := in.Check(); err != nil {
		t.Skipf("what this needs isn't installed: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	broker, err := StartBroker(t.Context(), in.KafkaJars, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	o := simulate.Defaults(day).WithEverything()
	o.Election, o.Plain = simulate.BuiltIn(day), true
	o.Votes, o.Voters, o.Malformed, o.Huge = 600, 600, 0, 0
	o.SecondVotes, o.Moved, o.LateVoters = 0.1, 0.1, 0.1
	sim, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	p, err := simulate.NewProducer(t.Context(), sim, kgo.SeedBrokers(broker.Address()))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	job := NewJob(o.Election, broker.Address(), o.VotersTopic, o.VotesTopic)
	job.Cores, job.Memory, job.Batches = runtime.NumCPU(), "1g", []int{400, 1 << 30}
	want := p.Ledger().Minutes()
	for _, job.State = range []string{SQL, Python} {
		out, err := in.Run(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range out.Counts {
			if c.Records != int64(p.Ledger().Records()) || (c.Batches == 1) != (i == 1) {
				t.Errorf("%s, count %d took %d records in %d batches, of %d", job.State, i, c.Records, c.Batches, p.Ledger().Records())
			}
			got, err := c.Minutes(o.Election)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, count %d (-want +got):\n%s", job.State, i, diff[:min(len(diff), 2000)])
			}
		}
		job.Batches = job.Batches[:1]
	}
	// A mistake in the job is told with what Python said of it.
	job.Memory = "much"
	if _, err := in.Run(t.Context(), job); err == nil || !strings.Contains(err.Error(), "Traceback") {
		t.Errorf("a heap of much memory: %v", err)
	}
}
