package run

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/config"
)

// TestMain lets the test's own program be the one that the runner starts its
// children with.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "functions" {
		if err := ServeFunctions(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// started returns a system that is closed at the end of the test, and its output.
func started(t *testing.T, o Options) (*System, *output) {
	t.Helper()
	out := &output{}
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

type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
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

// sendOneVote sends a voter and the voter's vote, in the words of the
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
	results, err := s.AwaitCounted(t.Context(), Offsets{"voters": {0: 1}, "votes": {0: 1}}, 30*time.Second)
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
	if err := s.Stop(Bridge); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(t.Context(), Bridge, CaughtUp); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("a stopped bridge answers %v", err)
	}
	if err := s.Stop(Bridge); err == nil {
		t.Error("stopping twice is no error")
	}
	if err := s.Restart(t.Context(), Bridge); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(t.Context(), Bridge); err == nil {
		t.Error("starting twice is no error")
	}
	if _, err := s.Call(t.Context(), Bridge, CaughtUp); err != nil {
		t.Fatal(err)
	}
	for ctx := t.Context(); ; {
		if _, err := s.Call(ctx, Aggregate, CaughtUp); err != nil {
			t.Fatal(err)
		}
		results, _, err := s.Watch().Look(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if results.Books.Account == oneVote {
			return
		}
		if ctx.Err() != nil {
			t.Fatal(ctx.Err())
		}
	}
}

// gone waits until a process has ended.
func gone(ctx context.Context, pid int) error {
	for syscall.Kill(pid, 0) == nil {
		select {
		case <-ctx.Done():
			return fmt.Errorf("process %d lives", pid)
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

func TestKilledFunctionsComeBack(t *testing.T) {
	s, _ := started(t, Options{Scheduled: true, Partitions: 1})
	before := s.Processes()
	for _, name := range []string{Dashboard, Ingest} {
		pid := before[name]
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if err := gone(t.Context(), pid); err != nil {
			t.Fatal(err)
		}
	}
	sendOneVote(t, s)
	// The results come from the new dashboard, over what the new bridge carried.
	if _, err := s.AwaitCounted(t.Context(), Offsets{"voters": {0: 1}, "votes": {0: 1}}, 30*time.Second); err != nil {
		t.Fatal(err)
	}
	after := s.Processes()
	for name, pid := range after {
		if pid == before[name] {
			t.Errorf("%s is still process %d", name, pid)
		}
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	s, err := Start(t.Context(), Options{Scheduled: true, Output: &output{}})
	if err != nil {
		t.Fatal(err)
	}
	processes, addresses := s.Processes(), s.Addresses()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range processes {
		if err := gone(t.Context(), pid); err != nil {
			t.Error(err)
		}
	}
	// Every address can be had again.
	again, err := Start(t.Context(), Options{Addresses: addresses, Output: &output{}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(addresses, again.Addresses()); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if err := again.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestAllTakenAddressesAreTold(t *testing.T) {
	var taken []string
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		taken = append(taken, l.Addr().String())
	}
	_, err := Start(t.Context(), Options{Addresses: Addresses{Kafka: taken[0], Dashboard: taken[1]}})
	want := fmt.Sprintf("in use already: %s (Kafka), %s (dashboard);", taken[0], taken[1])
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error that says %q", err, want)
	}
}

func TestAllMistakesOfTheConfigurationAreTold(t *testing.T) {
	_, err := Start(t.Context(), Options{
		Getenv: config.FromMap(map[string]string{
			"PASS_INTERVAL": "soon", "LINGER_MS": "-3", "HMAC_KEY": "short", "ELECTION_FILE": "no/such/file",
		}),
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"PASS_INTERVAL", "LINGER_MS", "HMAC_KEY", "ELECTION_FILE"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error doesn't name %s:\n%v", want, err)
		}
	}
}

func TestProgramThatCannotServe(t *testing.T) {
	_, err := Start(t.Context(), Options{Executable: []string{"/bin/sh", "-c", "exit 3"}, Output: &output{}})
	if err == nil || !strings.Contains(err.Error(), "ended before it was ready") {
		t.Errorf("got %v", err)
	}
	_, err = Start(t.Context(), Options{Executable: []string{"/no/such/program"}, Output: &output{}})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
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
	if _, err := s.AwaitCounted(t.Context(), Offsets{"voters": {0: 1}, "votes": {0: 1}}, 30*time.Second); err != nil {
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

func TestMissing(t *testing.T) {
	end := Offsets{"votes": {0: 10, 1: 4}, "voters": {0: 2}}
	for _, tt := range []struct {
		settled Offsets
		text    string
		records int64
	}{
		{Offsets{"votes": {0: 10, 1: 5}, "voters": {0: 2}, "other": {0: 1}}, "", 0},
		{Offsets{"votes": {0: 7}, "voters": {0: 2}}, "votes/0 at offset 7 of 10, votes/1 at offset 0 of 4", 7},
		{nil, "voters/0 at offset 0 of 2, votes/0 at offset 0 of 10, votes/1 at offset 0 of 4", 16},
	} {
		if text, records := tt.settled.Missing(end); text != tt.text || records != tt.records {
			t.Errorf("%v: got %q and %d, want %q and %d", tt.settled, text, records, tt.text, tt.records)
		}
	}
}

func TestDefaultsStandBehindTheEnvironment(t *testing.T) {
	getenv := WithDefaults(config.FromMap(map[string]string{"KAFKA_BROKERS": "far:9092"}))
	for name, want := range map[string]string{
		"KAFKA_BROKERS": "far:9092", "BIGQUERY_EMULATOR_HOST": "127.0.0.1:9050",
		"BIGQUERY_STORAGE_EMULATOR_HOST": "127.0.0.1:9060", "GOOGLE_CLOUD_PROJECT": "tallystream-local",
	} {
		if got := getenv(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
