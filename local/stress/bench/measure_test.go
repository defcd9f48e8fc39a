package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/local/operate/cost"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/serve"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/shared/election"
)

func TestMain(m *testing.M) {
	serve.IfChild()
	os.Exit(m.Run())
}

// The measurement that the program comes with still fits: rows of the large
// tables and messages are as long as they were.
func TestMeasurementStillFits(t *testing.T) {
	day := civil.DateOf(time.Now().UTC()).AddDays(-1)
	b := Config{
		StageVotes: 3000, DashboardFor: 100 * time.Millisecond,
		Election: simulate.Defaults(day),
		Log:      t.Logf,
		Sending:  func(*simulate.Simulation, *simulate.Producer) func() { return func() {} },
		Start: func(ctx context.Context, el *election.Election, scheduled bool) (*run.System, error) {
			text, err := json.Marshal(el)
			if err != nil {
				return nil, err
			}
			return run.Start(ctx, run.Options{Scheduled: scheduled, Settings: map[string]string{"ELECTION": string(text)}})
		},
	}
	b.Election.Election = simulate.BuiltIn(day)
	got, err := b.Measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := cost.Measured()
	if err != nil {
		t.Fatal(err)
	}
	if got.Ingest <= 0 || got.PageBytes <= 0 || got.ResultsBytes <= 0 || got.Messages <= 0 || got.RecordBytes <= 0 {
		t.Errorf("measured nothing of something: %+v", got)
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 0.1*want {
			t.Errorf("%s: %.1f, but the measurement of local/operate/cost says %.1f: measure again", what, got, want)
		}
	}
	for _, table := range []string{"raw.votes", "raw.voters", "core.ballots", "core.voters"} {
		near("bytes of a row of "+table, width(got.Tables[table]), width(want.Tables[table]))
	}
	for i, b := range got.Batches {
		near(fmt.Sprintf("bytes of a message of %d votes", b.Records), float64(b.Bytes), float64(want.Batches[i].Bytes))
	}
	near("voter records for a vote", float64(got.VoterRecords)/float64(got.VoteRecords), float64(want.VoterRecords)/float64(want.VoteRecords))
}

func width(t cost.Table) (bytes float64) {
	for _, c := range t.Columns {
		bytes += c
	}
	return bytes
}
