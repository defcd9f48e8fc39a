package bigquery_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/civil"
	"google.golang.org/api/iterator"

	emulator "github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/functions/ingest/appendertest"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// store is BigQuery as an Appender whose rows can be read back.
type store struct {
	*warehouse.Appender
	client *warehouse.Client
}

// newStore has the raw tables of a project of its own.
func newStore(t testing.TB, server bigquerytest.Server, project string) store {
	t.Helper()
	client := server.Client(t, project)
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	s := store{server.Cloud(project).NewAppender(), client}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the appender: %v", err)
		}
	})
	return s
}

// each visits the rows of a table.
func (s store) each(ctx context.Context, table string, row func(map[string]bigquery.Value)) error {
	dataset, name, _ := strings.Cut(table, ".")
	it := s.client.Dataset(dataset).Table(name).Read(ctx)
	for {
		m := map[string]bigquery.Value{}
		switch err := it.Next(&m); {
		case errors.Is(err, iterator.Done):
			return nil
		case err != nil:
			return fmt.Errorf("read %s: %w", table, err)
		}
		row(m)
	}
}

func (s store) Rows(ctx context.Context) (warehouse.Rows, error) {
	var rows warehouse.Rows
	err := errors.Join(
		s.each(ctx, "raw.votes", func(m map[string]bigquery.Value) {
			rows.Votes = append(rows.Votes, warehouse.VoteRow{
				Origin: originOf(m), VoteID: text(m["vote_id"]), VoterKey: text(m["voter_key"]), Candidate: text(m["candidate"]),
				CandidateImage: text(m["candidate_image"]), VotedAt: m["voted_at"].(time.Time), PollingStation: text(m["polling_station"]),
				CandidateText: text(m["candidate_text"]),
			})
		}),
		s.each(ctx, "raw.voters", func(m map[string]bigquery.Value) {
			v := warehouse.VoterRow{
				Origin: originOf(m), VoterKey: text(m["voter_key"]), Name: text(m["name"]), Age: -1, State: text(m["state"]),
				AgeGroup: text(m["age_group"]), Gender: text(m["gender"]), County: text(m["county"]), Precinct: text(m["precinct"]), StateText: text(m["state_text"]),
			}
			if age, ok := m["age"].(int64); ok {
				v.Age = age
			}
			if day, ok := m["registration_date"].(civil.Date); ok {
				v.RegistrationDate, v.HasRegistration = int32(election.Date{Date: day}.Days()), true
			}
			rows.Voters = append(rows.Voters, v)
		}),
		s.each(ctx, "raw.rejects", func(m map[string]bigquery.Value) {
			r := warehouse.RejectRow{Origin: originOf(m), Reason: text(m["reason"]), Detail: text(m["detail"]), Bytes: m["record_bytes"].(int64)}
			r.Key, _ = m["record_key"].([]byte)
			r.Value, _ = m["record_value"].([]byte)
			rows.Rejects = append(rows.Rejects, r)
		}),
		s.each(ctx, "raw.log_ends", func(m map[string]bigquery.Value) {
			rows.LogEnds = append(rows.LogEnds, warehouse.LogEndRow{
				ObservedAt: m["observed_at"].(time.Time),
				Partition: logends.Partition{
					TopicPartition: partitionOf(m), Partitions: int32(m["partitions"].(int64)),
					LogStart: m["log_start"].(int64), LastStable: m["last_stable"].(int64), LogEnd: m["log_end"].(int64),
					Next: m["next_offset"].(int64), LastRecord: m["last_record"].(int64), Deleted: m["deleted"].(int64), Open: text(m["open_transactions"]),
				},
			})
		}),
	)
	return rows, err
}

func originOf(m map[string]bigquery.Value) warehouse.Origin {
	return warehouse.Origin{
		Position:  kafka.Position{TopicPartition: partitionOf(m), Offset: m["kafka_offset"].(int64)},
		Timestamp: m["kafka_timestamp"].(time.Time), Follows: m["kafka_follows"].(int64),
	}
}

func partitionOf(m map[string]bigquery.Value) kafka.TopicPartition {
	return kafka.TopicPartition{Topic: text(m["kafka_topic"]), TopicID: text(m["kafka_topic_id"]), Partition: int32(m["kafka_partition"].(int64))}
}

// text is a STRING, or "" for NULL.
func text(v bigquery.Value) string {
	s, _ := v.(string)
	return s
}

func TestAppenderOnBigQuery(t *testing.T) {
	server := bigquerytest.Start(t)
	var projects atomic.Int64
	appendertest.Contract(t, func(t *testing.T) appendertest.Store {
		return newStore(t, server, fmt.Sprintf("contract-%d", projects.Add(1)))
	})
}

func ingestConfig(cloud endpoint.Cloud) ingest.Config {
	return ingest.Config{
		Warehouse: endpoint.Warehouse{Cloud: cloud}, Election: election.OpenBallot(), VotersTopic: "voters", VotesTopic: "votes",
		HMACKey: []byte("0123456789abcdef"),
	}
}

func newIngest(t testing.TB, cloud endpoint.Cloud) *ingest.Ingest {
	t.Helper()
	h, err := ingest.New(t.Context(), ingestConfig(cloud))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Errorf("close ingest: %v", err)
		}
	})
	return h
}

// votesPush is a push of n votes from an offset on, the last one malformed.
func votesPush(t testing.TB, first int64, n int) []byte {
	t.Helper()
	now := time.Now().UTC()
	b := &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes"}, Follows: first - 1}
	for i := range int64(n) {
		value := fmt.Sprintf(`{"vote_id":"v%d","voter_id":"p%d","candidate":"Ada","timestamp":%q,"polling_station":"S"}`, first+i, first+i, now.Format(time.RFC3339Nano))
		if i == int64(n-1) {
			value = value[1:]
		}
		b.Records = append(b.Records, recordbatch.Record{Offset: first + i, Timestamp: now.UnixMilli(), Value: []byte(value)})
	}
	data, attributes, err := recordbatch.Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{
		"message": map[string]any{"data": data, "attributes": attributes, "messageId": "1"}, "subscription": "s",
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func push(h http.Handler, body []byte) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)))
	return w.Code, w.Body.String()
}

// counts are the numbers of rows of votes and of rejects.
func (s store) counts(t testing.TB) [2]int {
	t.Helper()
	rows, err := s.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return [2]int{len(rows.Votes), len(rows.Rejects)}
}

func TestIngestIntoBigQuery(t *testing.T) {
	server := bigquerytest.Start(t)
	s := newStore(t, server, "ingest")
	h := newIngest(t, server.Cloud("ingest"))
	for i := range 3 {
		if code, answer := push(h, votesPush(t, int64(i*100), 100)); code != http.StatusNoContent {
			t.Fatalf("push %d = %d %s", i, code, answer)
		}
	}
	if got, want := s.counts(t), [2]int{297, 3}; got != want {
		t.Errorf("votes and rejects = %v, want %v", got, want)
	}
}

// A missing table is named; once it is there, the next delivery is stored.
func TestIngestWithoutATable(t *testing.T) {
	server := bigquerytest.Start(t)
	s := newStore(t, server, "missing")
	h := newIngest(t, server.Cloud("missing"))
	body := votesPush(t, 0, 10)
	table := s.client.Dataset("raw").Table("rejects")
	for _, opened := range []bool{false, true} { // before the table's stream was opened, and after
		if err := table.Delete(t.Context()); err != nil {
			t.Fatal(err)
		}
		code, answer := push(h, body)
		if code != http.StatusServiceUnavailable || !strings.Contains(answer, "raw.rejects in project missing: the table doesn't exist: create it") {
			t.Errorf("with the stream opened = %t: answer = %d %s", opened, code, answer)
		}
		if err := warehouse.Ensure(t.Context(), s.client); err != nil {
			t.Fatal(err)
		}
		if code, answer := push(h, body); code != http.StatusNoContent {
			t.Errorf("with the table there again: answer = %d %s", code, answer)
		}
	}
	if got := s.counts(t); got[0] < 9 || got[1] != 1 {
		t.Errorf("votes and rejects = %v, want at least 9 votes, and the reject since the table is there", got)
	}
}

// The warehouse stops and starts again. No row is lost whose push succeeded, and
// ingest needs no restart.
func TestIngestSurvivesTheWarehouse(t *testing.T) {
	opts := emulator.Options{RESTAddr: "127.0.0.1:0", GRPCAddr: "127.0.0.1:0", Dir: t.TempDir()}
	start := func() bigquerytest.Server {
		t.Helper()
		server, err := emulator.Start(context.Background(), opts)
		if err != nil {
			t.Fatal(err)
		}
		return bigquerytest.Server{Server: server}
	}
	server := start()
	opts.RESTAddr, opts.GRPCAddr = server.REST(), server.GRPC()
	s := newStore(t, server, "restart")
	h := newIngest(t, server.Cloud("restart"))
	stored := 0
	for round := range 3 {
		if code, answer := push(h, votesPush(t, int64(round*100), 100)); code != http.StatusNoContent {
			t.Fatalf("round %d: answer = %d %s", round, code, answer)
		}
		stored++
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		server = start()
	}
	t.Cleanup(func() { _ = server.Close() })
	if got, want := s.distinct(t), [2]int{99 * stored, stored}; got != want {
		t.Errorf("votes and rejects = %v, want %v", got, want)
	}
}

// distinct counts the records that are stored, however often. A warehouse that stops
// may have stored rows that it didn't acknowledge.
func (s store) distinct(t *testing.T) [2]int {
	t.Helper()
	rows, err := s.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	votes, rejects := map[int64]bool{}, map[int64]bool{}
	for i := range rows.Votes {
		votes[rows.Votes[i].Offset] = true
	}
	for i := range rows.Rejects {
		rejects[rows.Rejects[i].Offset] = true
	}
	return [2]int{len(votes), len(rejects)}
}

// BenchmarkIngest is ingest and the emulator's Storage Write API together,
// several pushes at a time.
func BenchmarkIngest(b *testing.B) {
	const n = 2000
	server := bigquerytest.Start(b)
	newStore(b, server, "bench")
	h := newIngest(b, server.Cloud("bench"))
	body := votesPush(b, 0, n)
	b.SetParallelism(4)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if code, answer := push(h, body); code != http.StatusNoContent {
				b.Error(code, answer)
			}
		}
	})
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "votes/s")
}
