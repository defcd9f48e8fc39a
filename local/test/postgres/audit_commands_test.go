package postgres_test

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/clitest"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// says runs a command line in the environment of the stages, and checks its status and a
// part of its output.
func (c *chain) says(status int, want string, args ...string) string {
	c.t.Helper()
	got, stdout, stderr := clitest.Program{}.Run(c.t, c.Env, args...)
	if got != status || !strings.Contains(stdout+stderr, want) {
		c.t.Fatalf("%s: status %d, want %d and %q:\n%s%s", strings.Join(args, " "), got, status, want, stdout, stderr)
	}
	return stdout
}

// bury publishes a message to the dead letters.
func (c *chain) bury(m e2etest.Message) {
	c.t.Helper()
	_, err := c.Topics.Publish(c.t.Context(), &pubsubpb.PublishRequest{
		Topic: c.Topic("kafka-records-dead-letters"), Messages: []*pubsubpb.PubsubMessage{{Data: m.Data, Attributes: m.Attributes}},
	})
	must(c.t, err)
}

var letterID = regexp.MustCompile(`(?m)^(\d+) `)

// A message that ingest couldn't take is found by an audit, mended, and counted.
func TestDeadLetterIsMended(t *testing.T) {
	c := newChain(t)
	ledger := filepath.Join(t.TempDir(), "ledger.json")
	must(t, c.Fixture.Ledger.WriteFile(ledger))
	all := c.batches(10)
	c.Deliver(all[1:]...)
	c.bury(all[0])
	c.Pass()

	audit := []string{"verify", "--wait", "1m", "--patience", "0s", "--ledger", ledger}
	c.says(cli.ExitFailed, "see the dead letters", audit...)
	id := letterID.FindStringSubmatch(c.says(cli.ExitOK, "10", "deadletter", "list", "--wait", "1m"))[1]
	c.says(cli.ExitFailed, "raw doesn't hold all records", "deadletter", "discard", id, "--wait", "1m")
	c.says(cli.ExitOK, "1 of 1 messages are on their way again", "deadletter", "replay", id, "--wait", "1m")
	c.Deliver(c.Messages()...)
	c.Pass()
	c.says(cli.ExitOK, "Every core and analytics table equals the ledger", audit...)

	c.bury(all[0])
	id = letterID.FindStringSubmatch(c.says(cli.ExitOK, "10", "deadletter", "list", "--wait", "1m"))[1]
	c.says(cli.ExitOK, "is gone", "deadletter", "discard", id, "--wait", "1m")
}

// A record that a person leaves out of a message is a reject, and the rest counts.
func TestDeadLetterIsFixed(t *testing.T) {
	c := newChain(t)
	all := c.batches(10)
	c.Deliver(all[1:]...)
	c.bury(all[0])
	id := letterID.FindStringSubmatch(c.says(cli.ExitOK, "10", "deadletter", "list", "--wait", "1m"))[1]
	b, err := recordbatch.Decode(all[0].Data, all[0].Attributes)
	must(t, err)
	middle := b.Records[len(b.Records)/2].Offset
	c.says(cli.ExitOK, "1 of 10 records fixed", "deadletter", "fix", id, "--wait", "1m", "--offset", strconv.FormatInt(middle, 10), "--drop", "a test leaves it out")
	c.Deliver(c.Messages()...)
	c.Pass()
	c.says(cli.ExitOK, "Nothing differs", "verify", "--wait", "1m", "--patience", "0s")
	var dropped int
	must(t, c.pool.QueryRow(t.Context(), "SELECT count(*) FROM raw.rejects WHERE reason = 'dropped_by_operator' AND detail = 'a test leaves it out' AND kafka_offset = $1", middle).Scan(&dropped))
	if dropped != 1 {
		t.Errorf("%d dropped records, want 1", dropped)
	}
}
