package run

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/local/serve"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/config"
)

func TestMain(m *testing.M) {
	serve.IfChild()
	if len(os.Args) > 1 && os.Args[1] == "parent" {
		parent(os.Args[2:]...)
	}
	os.Exit(m.Run())
}

// parent starts a system, like what an argument says, prints the ids of its children and
// waits to be killed.
func parent(like ...string) {
	o := Options{Output: os.Stderr}
	if len(like) > 0 {
		o.Like = Like(like[0])
	}
	s, err := Start(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(s.Processes()[settings.Dashboard], s.Processes()[settings.Bridge])
	select {}
}

// started returns a system that is closed at the end of the test, and its output.
func started(t *testing.T, o Options) (*System, *buffer.Buffer) {
	t.Helper()
	out := &buffer.Buffer{}
	o.Output = out
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if t.Failed() {
			t.Logf("output of the functions:\n%s", out)
		}
	})
	return s, out
}

func send(t *testing.T, s *System, topic string, values ...string) {
	t.Helper()
	client, err := kgo.NewClient(s.Kafka().Options()...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, v := range values {
		r := &kgo.Record{Topic: topic, Partition: 0, Value: []byte(v)}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

var oneVote = Account{Records: 1, Accepted: 1, Balanced: true}

// sendOneVote sends a voter and the voter's vote, in the format of the
// documentation, to topics of one partition.
func sendOneVote(t *testing.T, s *System) {
	t.Helper()
	send(t, s, "voters", `{"voter_id":"v-1","name":"Ann","age":34,"gender":"female","state":"Texas","county":"Travis","registration_date":"2024-05-01"}`)
	send(t, s, "votes", fmt.Sprintf(`{"vote_id":"b-1","voter_id":"v-1","candidate":"Rivera","timestamp":%q,"polling_station":"Station-4"}`,
		time.Now().UTC().Format("2006-01-02T15:04:05.000000")))
}

func TestRecordsOfAnyProducerAreCounted(t *testing.T) {
	s, _ := started(t, Options{Scheduled: true, Partitions: 1})
	sendOneVote(t, s)
	results, err := s.AwaitCounted(t.Context(), Offsets{"voters": {0: 1}, "votes": {0: 1}}, patience)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(oneVote, results.Books.Account); diff != "" {
		t.Errorf("books (-want +got):\n%s", diff)
	}
}

func TestFunctionsInThisProcess(t *testing.T) {
	s, _ := started(t, Options{InProcess: true, Partitions: 1})
	if s.Processes() != nil {
		t.Errorf("processes %v", s.Processes())
	}
	sendOneVote(t, s)
	if err := s.Stop(settings.Bridge); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Bridge(t.Context(), CaughtUp); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("a stopped bridge answers %v", err)
	}
	if err := s.Stop(settings.Bridge); err == nil {
		t.Error("stopping twice is no error")
	}
	if err := s.Restart(t.Context(), settings.Bridge); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(t.Context(), settings.Bridge); err == nil {
		t.Error("starting twice is no error")
	}
	if _, err := s.Bridge(t.Context(), CaughtUp); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); ; {
		if _, err := s.Aggregate(t.Context(), CaughtUp); err != nil {
			t.Fatal(err)
		}
		results, _, err := s.Watch().Poll(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if results.Books.Account == oneVote {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the books are %+v after %v, want %+v", results.Books.Account, patience, oneVote)
		}
	}
}

// TestPartsOfTheEnvironment has one system use another one's parts, as if they
// were the real services.
func TestPartsOfTheEnvironment(t *testing.T) {
	theirs, _ := started(t, Options{InProcess: true, Partitions: 1})
	a := theirs.Addresses()
	s, _ := started(t, Options{InProcess: true, Scheduled: true, Getenv: config.FromMap(map[string]string{
		"KAFKA_BROKERS":                  a.Kafka,
		"PUBSUB_EMULATOR_HOST":           a.PubSub,
		"BIGQUERY_EMULATOR_HOST":         a.BigQuery,
		"BIGQUERY_STORAGE_EMULATOR_HOST": a.BigQueryGRPC,
	})})
	if got := s.Embedded(); got != (Embedded{}) {
		t.Errorf("emulators of its own: %+v", got)
	}
	sendOneVote(t, s)
	if _, err := s.AwaitCounted(t.Context(), Offsets{"voters": {0: 1}, "votes": {0: 1}}, patience); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(theirs.URL() + "/api/v1/results")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the other system's dashboard answers %s", resp.Status)
	}
}

// Until the bridge has reported, a count whose voting has opened is delayed.
func TestAwaitReported(t *testing.T) {
	now := time.Now().UTC()
	s, _ := started(t, Options{Scheduled: true, Partitions: 1, Settings: map[string]string{"ELECTION": fmt.Sprintf(
		`{"id":"e","name":"E","candidates":[{"id":"a","name":"A"}],"opens":%q,"closes":%q}`,
		now.Add(-time.Hour).Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339))}})
	if err := s.AwaitReported(t.Context(), patience); err != nil {
		t.Fatal(err)
	}
	r, _, err := s.Watch().Poll(t.Context())
	if err != nil || r.Status != "waiting" {
		t.Errorf("the count is %+v (%v), want it to wait for votes", r, err)
	}
}
