package emulated

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/api/iterator"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// operator runs commands against a running system.
type operator struct {
	t      *testing.T
	system *run.System
	env    map[string]string
}

// says runs a command line, and checks its status and a part of its output.
func (o *operator) says(status int, want string, args ...string) (stdout string) {
	o.t.Helper()
	got, stdout, stderr := program.Run(o.t, o.env, args...)
	if got != status || !strings.Contains(stdout+stderr, want) {
		o.t.Fatalf("%s: status %d, want %d and %q:\n%s%s", strings.Join(args, " "), got, status, want, stdout, stderr)
	}
	return stdout
}

// bury publishes a message to the dead letters.
func (o *operator) bury(data []byte, attributes map[string]string) {
	o.t.Helper()
	client, err := o.system.Cloud().NewPubSub(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	defer client.Close()
	_, err = client.TopicAdminClient.Publish(o.t.Context(), &pubsubpb.PublishRequest{
		Topic:    "projects/" + client.Project() + "/topics/kafka-records-dead-letters",
		Messages: []*pubsubpb.PubsubMessage{{Data: data, Attributes: attributes}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// newOperator starts a system whose datasets have a prefix.
func newOperator(t *testing.T) *operator {
	t.Helper()
	s, err := run.Start(t.Context(), run.Options{InProcess: true, Partitions: 2,
		Getenv: config.FromMap(map[string]string{"DATASET_PREFIX": "spring_"})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	o := &operator{t: t, system: s, env: map[string]string{}}
	for _, name := range []string{"GOOGLE_CLOUD_PROJECT", "HMAC_KEY", "KAFKA_BROKERS", "PUBSUB_EMULATOR_HOST",
		"BIGQUERY_EMULATOR_HOST", "BIGQUERY_STORAGE_EMULATOR_HOST", "DATASET_PREFIX"} {
		o.env[name] = s.Getenv(name)
	}
	o.hasOnly("spring_")
	return o
}

// hasOnly checks that there is no dataset without a prefix.
func (o *operator) hasOnly(prefix string) {
	o.t.Helper()
	datasets := o.system.Tables().BigQuery.Datasets(o.t.Context())
	for n := 0; ; n++ {
		d, err := datasets.Next()
		if errors.Is(err, iterator.Done) {
			if n != len(warehouse.Datasets) {
				o.t.Errorf("there are %d datasets, not %d", n, len(warehouse.Datasets))
			}
			return
		}
		if err != nil {
			o.t.Fatal(err)
		}
		if !strings.HasPrefix(d.DatasetID, prefix) {
			o.t.Errorf("dataset %s is without the prefix", d.DatasetID)
		}
	}
}

// The operations of docs/operations.md, while a system counts.
func TestOperations(t *testing.T) {
	o := newOperator(t)
	file := filepath.Join(t.TempDir(), "ledger.json")
	o.says(cli.ExitOK, "Sent", "simulate", "--votes", "400", "--mix", "--ledger", file)
	truth, err := ledger.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	count := func() {
		t.Helper()
		if _, err := o.system.Bridge(t.Context(), run.CaughtUp); err != nil {
			t.Fatal(err)
		}
		if _, err := o.system.Aggregate(t.Context(), run.CaughtUp); err != nil {
			t.Fatal(err)
		}
	}
	o.says(cli.ExitFailed, "records that Kafka holds", "verify", "--wait", "50ms", "--patience", "0s")
	o.settle(int64(truth.Records()), count) // what is on its way is pushed meanwhile
	for _, want := range []string{"Nothing differs: 16 tables", "Every core and analytics table equals the ledger"} {
		o.says(cli.ExitOK, want, "verify", "--wait", "50ms", "--ledger", file)
	}
	if out := o.says(cli.ExitOK, "", "verify", "--json", "--tables-only"); !strings.Contains(out, `"findings":null`) {
		t.Errorf("the report in JSON is\n%s", out)
	}

	functions := "http://" + o.system.Addresses().Functions
	o.exec("UPDATE core.ballots SET candidate = 'nobody' WHERE TRUE")
	o.says(cli.ExitFailed, `candidate is "nobody"`, "verify", "--tables-only")
	o.says(cli.ExitOK, "Rebuilt in", "rebuild", "--url", functions+"/aggregate", "--from", "2000-01-01T00:00:00Z", "--to", "2099-01-01T00:00:00Z")
	o.says(cli.ExitOK, "Nothing differs", "verify", "--wait", "50ms", "--ledger", file)
	o.exec("DELETE FROM raw.votes WHERE kafka_partition = 1")
	o.says(cli.ExitFailed, "votes[1]: offsets", "verify", "--tables-only", "--json")
	o.says(cli.ExitOK, "are on their way", "backfill", "--url", functions+"/bridge", "--partition", "votes/1")
	o.says(cli.ExitOK, "Rebuilt in", "rebuild", "--url", functions+"/aggregate")
	for want, args := range map[string][]string{
		"neither an offset nor a time":                   {"--from", "noon"},
		"there is no partition votes/99":                 {"--partition", "votes/99"},
		`topic "nope" isn't one of the bridge's`:         {"--topic", "nope"},
		"replay from offset 3 to before 3 holds nothing": {"--from", "3", "--to", "3"},
	} {
		o.says(cli.ExitUsage, want, append([]string{"backfill", "--url", functions + "/bridge"}, args...)...)
	}
	o.says(cli.ExitUsage, "the earlier one first", "rebuild", "--url", functions+"/aggregate", "--from", "2099-01-01T00:00:00Z", "--to", "2000-01-01T00:00:00Z")
	o.env["IDENTITY_TOKEN"] = "a token"
	o.says(cli.ExitFailed, "isn't https", "rebuild", "--url", functions+"/aggregate")
}

func (o *operator) exec(sql string) {
	o.t.Helper()
	if _, err := o.system.Tables().BigQuery.Query(sql).Read(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// settle counts until so many records are settled.
func (o *operator) settle(records int64, count func()) {
	o.t.Helper()
	for end := time.Now().Add(o.system.Patience()); ; count() {
		settled := o.settled()
		if settled >= records {
			return
		}
		if time.Now().After(end) {
			o.t.Fatalf("%d of %d records are settled after %v", settled, records, o.system.Patience())
		}
	}
}

func (o *operator) settled() int64 {
	o.t.Helper()
	row, err := query.Row[struct{ Records int64 }](o.t.Context(), o.system.Tables().BigQuery.Query("SELECT IFNULL(SUM(records), 0) AS records FROM analytics.books"))
	if err != nil {
		o.t.Fatal(err)
	}
	return row.Records
}

var letterID = regexp.MustCompile(`(?m)^(\d+) `)

func TestDeadLetters(t *testing.T) {
	o := newOperator(t)
	// A pull that ends before its answer arrives keeps its letters from others until their deadline.
	wait := []string{"--wait", "4s"}
	command := func(words ...string) []string { return append(append([]string{"deadletter"}, words...), wait...) }
	o.says(cli.ExitOK, "There are no dead letters.", command("list")...)

	batch := recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "t"}, Follows: -1, Records: []recordbatch.Record{
		{Offset: 0, Timestamp: time.Now().UnixMilli(), Value: []byte(`{"voter_id":"V-00001234","candidate":"Ada","timestamp":"2026-11-03T12:00:00Z"}`)},
		{Offset: 1, Timestamp: time.Now().UnixMilli(), Value: []byte(`{"voter_id":"V-00001235"`)},
	}}
	data, attributes, err := recordbatch.Encode(&batch)
	if err != nil {
		t.Fatal(err)
	}
	o.bury(data, attributes)
	id := letterID.FindStringSubmatch(o.says(cli.ExitOK, "votes[0] offsets 0 to 1", command("list")...))[1]
	shown := o.says(cli.ExitOK, `"candidate":"Ada"`, command("show", id)...)
	if strings.Contains(shown, "V-0000123") {
		t.Errorf("show tells who voted:\n%s", shown)
	}
	o.says(cli.ExitFailed, "raw doesn't hold all records", command("discard", id)...)
	o.says(cli.ExitFailed, `there is no dead letter "0815"`, command("replay", "0815")...)
	o.says(cli.ExitOK, "1 of 2 records fixed", command("fix", id, "--offset", "1", "--drop", "cut off")...)
	o.says(cli.ExitOK, "There are no dead letters.", command("list")...)
	o.settle(2, func() {
		if _, err := o.system.Aggregate(t.Context(), run.CaughtUp); err != nil {
			t.Fatal(err)
		}
	})

	o.bury(data, attributes)
	id = letterID.FindStringSubmatch(o.says(cli.ExitOK, "votes[0] offsets 0 to 1", command("list")...))[1]
	o.says(cli.ExitOK, "2 of 2 records fixed", command("fix", id, "--all", "--drop", "all of it")...)

	// A letter that can't be decoded is discarded when raw has the records that its
	// attributes name.
	o.bury(data[:len(data)/2], attributes)
	o.bury([]byte("hello"), nil)
	ids := letterID.FindAllStringSubmatch(o.says(cli.ExitOK, "no records", command("list")...), -1)
	o.says(cli.ExitFailed, "0 of 2 messages are on their way again", command("replay", "--all")...)
	for _, id := range ids {
		o.says(cli.ExitOK, "is gone", command("discard", id[1])...)
	}
	o.says(cli.ExitOK, "There are no dead letters.", command("list")...)
}
