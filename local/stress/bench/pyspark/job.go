package pyspark

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/emulator/process"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/election"
)

// Job says what job.py counts. Records are plain (simulate.Options.Plain).
type Job struct {
	Brokers     string    `json:"brokers"` // host:port
	VotersTopic string    `json:"voters_topic"`
	VotesTopic  string    `json:"votes_topic"`
	Candidates  []string  `json:"candidates"` // names that count, as records have them
	Regions     []string  `json:"regions"`    // likewise
	Opens       time.Time `json:"opens"`
	Closes      time.Time `json:"closes"`

	Cores   int    `json:"cores"`   // tasks at once, and parts of the state
	Memory  string `json:"memory"`  // of the JVM's heap, such as 2g
	State   string `json:"state"`   // SQL or Python: what keeps the state of each voter
	Batches []int  `json:"batches"` // most records of a micro-batch, of each count; the first is in a JVM just started
	Folder  string `json:"folder"`  // for checkpoints and results; absolute
	Jars    string `json:"jars"`    // folder of Spark's Kafka source; absolute
}

// What may keep the state of each voter: an aggregation in SQL, or a function in Python.
const (
	SQL    = "sql"
	Python = "python"
)

// NewJob is the count of an election, which has candidates, regions and hours.
func NewJob(el *election.Election, brokers, voters, votes string) Job {
	j := Job{State: SQL, Brokers: brokers, VotersTopic: voters, VotesTopic: votes, Opens: el.Opens, Closes: el.Closes}
	for _, c := range el.Candidates {
		j.Candidates = append(j.Candidates, c.Name)
	}
	for _, r := range el.Regions {
		j.Regions = append(j.Regions, r.Name)
	}
	return j
}

// Outcome is what job.py says.
type Outcome struct {
	Start  float64 `json:"start_seconds"` // of Python, the JVM and Spark in it
	Counts []Count `json:"counts"`        // one for each of Job.Batches
}

// Count is one count of everything on the topics, with a state and a result that were
// empty.
type Count struct {
	Records   int64   `json:"records"`
	Batches   int     `json:"batches"`
	Seconds   float64 `json:"seconds"`           // from the query's start to the commit of the last batch in DuckDB
	Processor float64 `json:"processor_seconds"` // of Python, its workers and the JVM meanwhile; 0 where the system has no /proc
	Windows   []Window
}

// Window is the votes of one minute, region and candidate.
type Window struct {
	Minute            int64 // its start, in seconds since 1970
	Region, Candidate string
	Votes             int64
}

// UnmarshalJSON reads [minute, region, candidate, votes].
func (w *Window) UnmarshalJSON(text []byte) error {
	fields := []any{&w.Minute, &w.Region, &w.Candidate, &w.Votes}
	if err := json.Unmarshal(text, &fields); err != nil {
		return fmt.Errorf("window %s: %w", text, err)
	}
	if len(fields) != 4 {
		return fmt.Errorf("window %s: want four fields", text)
	}
	return nil
}

// Run runs a job to its end, in a folder of its own that it removes.
func (in Installation) Run(ctx context.Context, j Job) (out Outcome, err error) {
	if err := in.Check(); err != nil {
		return out, err
	}
	if j.Folder, err = os.MkdirTemp("", "tallystream-pyspark-"); err != nil {
		return out, err
	}
	defer os.RemoveAll(j.Folder)
	if j.Jars, err = filepath.Abs(in.jars()); err != nil {
		return out, err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return out, err
	}
	file := filepath.Join(j.Folder, "job.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return out, err
	}
	var said buffer.Buffer
	python, err := process.Start(process.Options{
		Args: []string{in.python(), filepath.Join(in.Folder, "job.py"), file}, Env: append(os.Environ(), "SPARK_LOCAL_IP=127.0.0.1"),
		Output: &said, Pausable: true, // it doesn't look at its standard input
	})
	if err != nil {
		return out, fmt.Errorf("start Python: %w", err)
	}
	select {
	case <-ctx.Done():
		python.Kill()
		return out, context.Cause(ctx)
	case <-python.Ended():
	}
	if out, err = readOutcome(j); err != nil {
		text := said.String()
		return out, fmt.Errorf("job.py: %s: %w: %s", python.End(), err, text[max(0, len(text)-4000):])
	}
	return out, nil
}

// readOutcome reads what job.py wrote into the job's folder.
func readOutcome(j Job) (out Outcome, err error) {
	read := func(name string, into any) {
		if err != nil {
			return
		}
		var text []byte
		if text, err = os.ReadFile(filepath.Join(j.Folder, name)); err == nil {
			err = json.Unmarshal(text, into)
		}
		if err != nil {
			err = fmt.Errorf("read what job.py wrote: %s: %w", name, err)
		}
	}
	read("outcome.json", &out)
	if err == nil && len(out.Counts) != len(j.Batches) {
		return out, fmt.Errorf("job.py counted %d times, not %d", len(out.Counts), len(j.Batches))
	}
	for i := range out.Counts {
		read(fmt.Sprintf("windows-%d.json", i), &out.Counts[i].Windows)
	}
	return out, err
}

// Minutes are the windows in the ledger's terms: by the ids that the election has for the
// names in them.
func (c *Count) Minutes(el *election.Election) (map[ledger.Minute]int64, error) {
	regions, candidates := map[string]string{}, map[string]string{}
	for _, r := range el.Regions {
		regions[r.Name] = r.ID
	}
	for _, c := range el.Candidates {
		candidates[c.Name] = c.ID
	}
	minutes := make(map[ledger.Minute]int64, len(c.Windows))
	for _, w := range c.Windows {
		m := ledger.Minute{Start: w.Minute, Region: regions[w.Region], Candidate: candidates[w.Candidate]}
		if _, twice := minutes[m]; m.Region == "" || m.Candidate == "" || twice {
			return nil, fmt.Errorf("PySpark's window %+v isn't of the election, or comes twice", w)
		}
		minutes[m] = w.Votes
	}
	return minutes, nil
}
