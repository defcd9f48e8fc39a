package postgres_test

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	messages "github.com/tallystream/tallystream/emulator/pubsub"
	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/clitest"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// says runs a command line in the environment of the stages, and checks its status and a
// part of its output.
func (c *chain) says(status int, want string, args ...string) string {
	c.t.Helper()
	got, stdout, stderr := clitest.Program{}.Run(c.t, c.env, args...)
	if got != status || !strings.Contains(stdout+stderr, want) {
		c.t.Fatalf("%s: status %d, want %d and %q:\n%s%s", strings.Join(args, " "), got, status, want, stdout, stderr)
	}
	return stdout
}

// startPubSub starts a Pub/Sub with the topic of the records and that of the dead letters,
// each with a subscription that is pulled.
func (c *chain) startPubSub() *pubsub.Client {
	c.t.Helper()
	server, err := messages.Start(c.t.Context(), messages.Options{PullWait: time.Millisecond})
	must(c.t, err)
	c.t.Cleanup(func() { _ = server.Close() })
	c.pubsub = server
	c.env["PUBSUB_EMULATOR_HOST"], c.env["GOOGLE_CLOUD_PROJECT"] = server.Addr(), "p"
	env := config.From(config.FromMap(map[string]string{"PUBSUB_EMULATOR_HOST": server.Addr(), "GOOGLE_CLOUD_PROJECT": "p"}))
	client, err := endpoint.CloudFrom(env).NewPubSub(c.t.Context())
	must(c.t, err)
	c.t.Cleanup(func() { _ = client.Close() })
	for _, name := range []string{"kafka-records", "kafka-records-dead-letters"} {
		_, err := client.TopicAdminClient.CreateTopic(c.t.Context(), &pubsubpb.Topic{Name: "projects/p/topics/" + name})
		must(c.t, err)
		_, err = client.SubscriptionAdminClient.CreateSubscription(c.t.Context(), &pubsubpb.Subscription{
			Name: "projects/p/subscriptions/" + name, Topic: "projects/p/topics/" + name, AckDeadlineSeconds: 600,
		})
		must(c.t, err)
	}
	return client
}

// bury publishes a batch to the dead letters.
func (c *chain) bury(client *pubsub.Client, b *recordbatch.Batch) {
	c.t.Helper()
	data, attributes, err := recordbatch.Encode(b)
	must(c.t, err)
	_, err = client.TopicAdminClient.Publish(c.t.Context(), &pubsubpb.PublishRequest{
		Topic: "projects/p/topics/kafka-records-dead-letters", Messages: []*pubsubpb.PubsubMessage{{Data: data, Attributes: attributes}},
	})
	must(c.t, err)
}

// arrived takes what was published to the topic of the records.
func (c *chain) arrived(client *pubsub.Client) (all []*recordbatch.Batch) {
	c.t.Helper()
	r, err := client.SubscriptionAdminClient.Pull(c.t.Context(), &pubsubpb.PullRequest{Subscription: "projects/p/subscriptions/kafka-records", MaxMessages: 100})
	must(c.t, err)
	for _, m := range r.ReceivedMessages {
		b, err := recordbatch.Decode(m.Message.Data, m.Message.Attributes)
		must(c.t, err)
		all = append(all, b)
	}
	return all
}

var letterID = regexp.MustCompile(`(?m)^(\d+) `)

// A message that ingest couldn't take is found by an audit, mended, and counted.
func TestDeadLetterIsMended(t *testing.T) {
	c := newChain(t)
	client := c.startPubSub()
	ledger := filepath.Join(t.TempDir(), "ledger.json")
	must(t, c.ledger.WriteFile(ledger))
	all := c.batches(10)
	c.deliver(all[1:]...)
	c.bury(client, all[0])
	c.pass()

	audit := []string{"verify", "--wait", "1m", "--patience", "0s", "--ledger", ledger}
	c.says(cli.ExitFailed, "see the dead letters", audit...)
	id := letterID.FindStringSubmatch(c.says(cli.ExitOK, "10", "deadletter", "list", "--wait", "1m"))[1]
	c.says(cli.ExitFailed, "raw doesn't hold all records", "deadletter", "discard", id, "--wait", "1m")
	c.says(cli.ExitOK, "1 of 1 messages are on their way again", "deadletter", "replay", id, "--wait", "1m")
	c.deliver(c.arrived(client)...)
	c.pass()
	c.says(cli.ExitOK, "Every core and analytics table equals the ledger", audit...)

	c.bury(client, all[0])
	id = letterID.FindStringSubmatch(c.says(cli.ExitOK, "10", "deadletter", "list", "--wait", "1m"))[1]
	c.says(cli.ExitOK, "is gone", "deadletter", "discard", id, "--wait", "1m")
}

// A record that a person leaves out of a message is a reject, and the rest counts.
func TestDeadLetterIsFixed(t *testing.T) {
	c := newChain(t)
	client := c.startPubSub()
	all := c.batches(10)
	c.deliver(all[1:]...)
	c.bury(client, all[0])
	id := letterID.FindStringSubmatch(c.says(cli.ExitOK, "10", "deadletter", "list", "--wait", "1m"))[1]
	middle := all[0].Records[len(all[0].Records)/2].Offset
	c.says(cli.ExitOK, "1 of 10 records fixed", "deadletter", "fix", id, "--wait", "1m", "--offset", strconv.FormatInt(middle, 10), "--drop", "a test leaves it out")
	c.deliver(c.arrived(client)...)
	c.pass()
	c.says(cli.ExitOK, "Nothing differs", "verify", "--wait", "1m", "--patience", "0s")
	var dropped int
	must(t, c.pool.QueryRow(t.Context(), "SELECT count(*) FROM raw.rejects WHERE reason = 'dropped_by_operator' AND detail = 'a test leaves it out' AND kafka_offset = $1", middle).Scan(&dropped))
	if dropped != 1 {
		t.Errorf("%d dropped records, want 1", dropped)
	}
}
