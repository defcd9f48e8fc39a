package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"runtime"
	"strings"
	"time"

	"cloud.google.com/go/bigquery"

	"github.com/tallystream/tallystream/local/operate/cost"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Measure runs a small election on the emulators and measures what package cost
// calculates with: the sizes of records, messages and columns, and the throughput of
// ingest. Sizes are the same in the cloud. Times aren't: package cost takes the
// throughput as processor time.
func (c *Config) Measure(ctx context.Context) (m cost.Measurement, err error) {
	stages, err := c.Stages(ctx)
	if err != nil {
		return m, err
	}
	o := c.Election.WithEverything()
	o.Votes, o.Voters, o.Huge = c.StageVotes, c.StageVotes, 0
	sim, err := simulate.New(o)
	if err != nil {
		return m, err
	}
	m = cost.Measurement{
		Date:    time.Now().UTC().Format(time.DateOnly),
		Machine: fmt.Sprintf("%d CPUs, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version()),
		Ingest:  math.Round(stages.Ingest), CPUs: runtime.NumCPU(),
	}
	if m.Batches, err = messageSizes(sim); err != nil {
		return m, err
	}
	s, err := c.Start(ctx, o.Election, false)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := countMeasured(ctx, s, sim, &m); err != nil {
		return m, fmt.Errorf("count the election that is measured: %w", err)
	}
	if err := sizes(ctx, s, &m); err != nil {
		return m, err
	}
	return m, nil
}

// messageSizes measures messages with different numbers of votes. The votes are in the
// order in which they are cast, as in a partition.
func messageSizes(sim *simulate.Simulation) ([]cost.Batch, error) {
	var records []recordbatch.Record
	sim.EachOfDay(func(r *simulate.Record) bool {
		records = append(records, recordbatch.Record{
			Offset: int64(len(records)), Timestamp: r.At.Milliseconds(), Key: r.Key, Value: append([]byte(nil), r.Value...),
			Size: int64(len(r.Value)),
		})
		return true
	})
	var all []cost.Batch
	for _, n := range []int{1, 10, 100, 1000, 5000} {
		if n > len(records) {
			break
		}
		var bytes, messages int
		for begin := 0; begin+n <= len(records) && messages < 100; begin += n {
			data, attributes, err := recordbatch.Encode(&recordbatch.Batch{
				TopicPartition: kafka.TopicPartition{Topic: sim.Options().VotesTopic, TopicID: "00000000-0000-4000-8000-000000000000"},
				Follows:        int64(begin) - 1, Records: records[begin : begin+n],
			})
			if err != nil {
				return nil, fmt.Errorf("encode %d votes: %w", n, err)
			}
			bytes += len(data)
			for name, value := range attributes {
				bytes += len(name) + len(value)
			}
			messages++
		}
		all = append(all, cost.Batch{Records: n, Bytes: int64(bytes / messages)})
	}
	return all, nil
}

// countMeasured sends the election, calls the stages until it is counted, and records what
// the bridge published.
func countMeasured(ctx context.Context, s *run.System, sim *simulate.Simulation, m *cost.Measurement) error {
	p, err := simulate.NewProducer(ctx, sim, s.Kafka().Options()...)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.Run(ctx); err != nil {
		return err
	}
	carried, err := s.Bridge(ctx, drain.Request{Until: drain.CaughtUp, Seconds: 600})
	if err != nil {
		return err
	}
	m.Messages, m.RecordBytes = carried.Messages, carried.Bytes
	books := p.Ledger().Books()
	m.VoterRecords, m.VoteRecords = books[sim.Options().VotersTopic].Records, books[sim.Options().VotesTopic].Records

	// Messages may still be on their way to ingest: passes run until all is counted.
	ctx, cancel := context.WithTimeout(ctx, run.Patience)
	defer cancel()
	watcher := s.Watch()
	for {
		if _, err := s.Aggregate(ctx, drain.Request{Until: drain.CaughtUp, Seconds: 600}); err != nil {
			return err
		}
		results, _, err := watcher.Poll(ctx)
		if err != nil {
			return err
		}
		if _, missing := results.Settled().Missing(p.Ledger().End()); missing == 0 {
			return nil
		}
	}
}

// sizes measures the tables, and the dashboard's answers.
func sizes(ctx context.Context, s *run.System, m *cost.Measurement) error {
	m.Tables = map[string]cost.Table{}
	for _, t := range warehouse.Tables() {
		measured, err := table(ctx, s.Tables().BigQuery, t)
		if err != nil {
			return fmt.Errorf("measure %s: %w", t.ID(), err)
		}
		m.Tables[t.ID()] = measured
	}
	counts, err := row(ctx, s.Tables().BigQuery, `SELECT COUNT(DISTINCT candidate), COUNT(DISTINCT state), COUNT(DISTINCT age_group), COUNT(DISTINCT gender)
		FROM core.vote_hours`)
	if err != nil {
		return fmt.Errorf("count the groups of voters: %w", err)
	}
	for i, into := range []*int64{&m.Candidates, &m.States, &m.AgeGroups, &m.Genders} {
		*into = int64(counts[i])
	}
	if m.PageBytes, err = answerBytes(ctx, s.URL()+"/"); err != nil {
		return err
	}
	m.ResultsBytes, err = answerBytes(ctx, s.URL()+"/api/v1/results")
	return err
}

// table measures the rows of a table and the logical bytes of its columns.
func table(ctx context.Context, client *warehouse.Client, t warehouse.Table) (cost.Table, error) {
	sums := []string{"COUNT(*)"}
	for _, f := range t.Fields {
		sums = append(sums, fmt.Sprintf("IFNULL(SUM(IF(%s IS NULL, 0, %s)), 0)", f.Name, fieldBytes(f)))
	}
	counts, err := row(ctx, client, "SELECT "+strings.Join(sums, ", ")+" FROM "+t.ID())
	if err != nil {
		return cost.Table{}, err
	}
	measured := cost.Table{Rows: int64(counts[0]), Columns: map[string]float64{}}
	for i, f := range t.Fields {
		// Two runs of a measurement agree to less than a decimal.
		measured.Columns[f.Name] = math.Round(10*counts[i+1]/max(1, counts[0])) / 10
	}
	return measured, nil
}

// fieldBytes is SQL for the logical size of a value, as BigQuery's documentation
// of data types gives it.
func fieldBytes(f warehouse.Field) string {
	switch f.Type {
	case "STRING", "BYTES":
		return "2 + BYTE_LENGTH(" + f.Name + ")"
	case "BOOL":
		return "1"
	default:
		return "8"
	}
}

// row runs a query for one row of numbers.
func row(ctx context.Context, client *warehouse.Client, sql string) ([]float64, error) {
	it, err := client.Query(sql).Read(ctx)
	if err != nil {
		return nil, err
	}
	var values []bigquery.Value
	if err := it.Next(&values); err != nil {
		return nil, err
	}
	numbers := make([]float64, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case int64:
			numbers[i] = float64(v)
		case float64:
			numbers[i] = v
		default:
			return nil, fmt.Errorf("column %d is %v, not a number", i+1, v)
		}
	}
	return numbers, nil
}

// answerBytes is the size of an answer as a browser gets it.
func answerBytes(ctx context.Context, url string) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip") // and so the client leaves it packed
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s answers %s", url, resp.Status)
	}
	return io.Copy(io.Discard, resp.Body)
}
