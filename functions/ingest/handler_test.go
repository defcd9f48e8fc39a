package ingest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/functions/ingest/appendertest"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/pseudonym"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

var (
	secret   = []byte("0123456789abcdef")
	recorded = time.Date(2026, 11, 3, 9, 30, 5, 0, time.UTC)
)

func testConfig() ingest.Config {
	return ingest.Config{
		Election: &election.Election{
			ID: "mayor-2026", Name: "Mayor",
			Candidates: []election.Candidate{{ID: "rivera", Name: "Ana Rivera"}},
			Regions:    []election.Region{{ID: "TX", Name: "Texas"}},
		},
		VotersTopic: "voters", VotesTopic: "votes", HMACKey: secret,
	}
}

func push(t testing.TB, b *recordbatch.Batch) []byte {
	t.Helper()
	data, attributes, err := recordbatch.Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	return pushOf(t, data, attributes)
}

// pushOf is the body that Pub/Sub sends.
func pushOf(t testing.TB, data []byte, attributes map[string]string) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"message": map[string]any{
			"data": data, "attributes": attributes, "messageId": "17", "message_id": "17",
			"publishTime": "2026-11-03T09:30:05Z", "publish_time": "2026-11-03T09:30:05Z",
		},
		"subscription":    "projects/p/subscriptions/ingest",
		"deliveryAttempt": 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func post(h http.Handler, body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)))
	return w
}

func record(offset int64, value string) recordbatch.Record {
	return recordbatch.Record{Offset: offset, Timestamp: recorded.UnixMilli(), Value: []byte(value)}
}

// Every record becomes one row, in the table that it belongs to, with its
// identity and what it follows.
func TestEveryRecordIsARow(t *testing.T) {
	const (
		vote  = `{"vote_id":"v1","voter_id":"p1","candidate":"ana rivera","timestamp":"2026-11-03T09:30:00.5","polling_station":"S"}`
		voter = `{"voter_id":"p1","name":"Jo","age":42,"gender":"Female","state":"texas","county":"Travis","registration_date":"1970-01-03"}`
	)
	old := record(19, `{"voter_id":"p","candidate":"rivera","timestamp":"2026-11-03T09:30:00Z"}`)
	old.Timestamp = -1
	store := &appendertest.Memory{}
	h := ingest.NewWith(testConfig(), store)
	for _, b := range []*recordbatch.Batch{
		{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "id-1", Partition: 2}, Follows: 9, Records: []recordbatch.Record{
			record(10, vote),
			{Offset: 11, Timestamp: recorded.UnixMilli()},
			{Offset: 12, Timestamp: recorded.UnixMilli(), Key: []byte("k"), Value: []byte{}},
			record(15, `{"voter_id":"p1","candidate":"nobody","timestamp":"2026-11-03T09:30:00Z"}`),
			record(16, `{"voter_id":"p1"`),
			record(17, strings.Repeat(" ", recordbatch.MaxValue+1)),
			record(18, `{"voter_id":"p2","candidate":"rivera","timestamp":"2099-01-01T00:00:00Z"}`),
			old,
		}},
		{TopicPartition: kafka.TopicPartition{Topic: "voters", TopicID: "id-2"}, Follows: -1, Records: []recordbatch.Record{
			record(0, voter),
			record(1, `{"voter_id":"p1","state":"Mars"}`),
		}},
		{TopicPartition: kafka.TopicPartition{Topic: "else"}, Follows: -1, Records: []recordbatch.Record{record(7, `{}`)}},
	} {
		if w := post(h, push(t, b)); w.Code != http.StatusNoContent {
			t.Fatalf("push of %s = %d %s", b.Topic, w.Code, w.Body)
		}
	}

	key := pseudonym.NewKeyer(secret, "mayor-2026").VoterKey("p1")
	at := func(topic, id string, partition int32, offset, follows int64) warehouse.Origin {
		return warehouse.Origin{Position: kafka.Position{TopicPartition: kafka.TopicPartition{Topic: topic, TopicID: id, Partition: partition}, Offset: offset}, Timestamp: recorded, Follows: follows}
	}
	votes := func(offset, follows int64) warehouse.Origin { return at("votes", "id-1", 2, offset, follows) }
	noTime := votes(19, 18)
	noTime.Timestamp = time.UnixMilli(-1).UTC()
	want := warehouse.Rows{
		Votes: []warehouse.VoteRow{{
			Origin: votes(10, 9), VoteID: "v1", VoterKey: key, Candidate: "rivera",
			VotedAt: recorded.Add(-4500 * time.Millisecond), PollingStation: "S", CandidateText: "ana rivera", Record: []byte(vote),
		}},
		Voters: []warehouse.VoterRow{{
			Origin: at("voters", "id-2", 0, 0, -1), VoterKey: key, Age: 42, State: "TX", AgeGroup: "35-49", Gender: "female", County: "Travis",
			RegistrationDate: 2, HasRegistration: true, StateText: "texas", Record: []byte(voter),
		}},
		Rejects: []warehouse.RejectRow{
			{Origin: votes(11, 10), Reason: "tombstone", Bytes: -1},
			{Origin: votes(12, 11), Reason: "empty_record", Key: []byte("k"), Value: []byte{}},
			{Origin: votes(15, 12), Reason: "unknown_candidate", Value: []byte(`{"voter_id":"p1","candidate":"nobody","timestamp":"2026-11-03T09:30:00Z"}`), Bytes: 73},
			{Origin: votes(16, 15), Reason: "malformed_json", Value: []byte(`{"voter_id":"p1"`), Bytes: 16},
			{Origin: votes(17, 16), Reason: "record_too_large", Value: bytes.Repeat([]byte(" "), recordbatch.TruncatedValue), Bytes: recordbatch.MaxValue + 1},
			{Origin: votes(18, 17), Reason: "timestamp_in_future", Value: []byte(`{"voter_id":"p2","candidate":"rivera","timestamp":"2099-01-01T00:00:00Z"}`), Bytes: 73},
			{Origin: noTime, Reason: "implausible_record_time", Value: old.Value, Bytes: int64(len(old.Value))},
			{Origin: at("voters", "id-2", 0, 1, 0), Reason: "unknown_region", Value: []byte(`{"voter_id":"p1","state":"Mars"}`), Bytes: 32},
			{Origin: at("else", "", 0, 7, -1), Reason: "unknown_topic", Value: []byte(`{}`), Bytes: 2},
		},
	}
	got, err := store.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got.Rejects {
		if r.Detail == "" {
			t.Errorf("reject at %s/%d has no sentence", r.Topic, r.Offset)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(warehouse.Rows{}, "IngestedAt"), cmpopts.IgnoreFields(warehouse.RejectRow{}, "Detail")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestNamesAreKeptOnRequest(t *testing.T) {
	c := testConfig()
	c.KeepNames = true
	store := &appendertest.Memory{}
	post(ingest.NewWith(c, store), push(t, &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "voters"}, Follows: -1,
		Records: []recordbatch.Record{record(0, `{"voter_id":"p","name":" Jo Doe ","state":"TX"}`)}}))
	got, err := store.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Voters) != 1 || got.Voters[0].Name != "Jo Doe" {
		t.Errorf("voters = %+v", got.Voters)
	}
}

func TestAnswers(t *testing.T) {
	data, attributes, err := recordbatch.Encode(&recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes"}, Follows: -1, Records: []recordbatch.Record{record(0, "{}")}})
	if err != nil {
		t.Fatal(err)
	}
	next := map[string]string{"content_type": recordbatch.ContentType, "version": "2"}
	fail := func(err error) func(context.Context, *warehouse.Rows) error {
		return func(context.Context, *warehouse.Rows) error { return err }
	}
	good := pushOf(t, data, attributes)
	tests := []struct {
		name   string
		body   []byte
		fail   func(context.Context, *warehouse.Rows) error
		status int
		text   string
	}{
		{"stored", good, nil, 204, ""},
		{"not JSON", []byte("hello"), nil, 400, "not a Pub/Sub push"},
		{"empty", nil, nil, 400, "not a Pub/Sub push"},
		{"no message", []byte(`{"subscription":"s"}`), nil, 400, "message is null, not an object"},
		{"message of another type", []byte(`{"message":[]}`), nil, 400, "message is an array"},
		{"data of another type", []byte(`{"message":{"data":{}}}`), nil, 400, "message.data is an object"},
		{"data not base64", []byte(`{"message":{"data":"***"}}`), nil, 400, "isn't base64"},
		{"attributes of another type", []byte(`{"message":{"data":"","attributes":["x"]}}`), nil, 400, "message.attributes is an array"},
		{"attribute of another type", []byte(`{"message":{"data":"","attributes":{"count":1}}}`), nil, 400, `attribute "count" is a number`},
		{"no attributes", []byte(`{"message":{"data":"eA=="}}`), nil, 422, "unknown message format"},
		{"next version", pushOf(t, data, next), nil, 422, "unknown message format"},
		{"damaged batch", pushOf(t, data[:len(data)-1], attributes), nil, 422, "corrupt record batch"},
		{"too large", bytes.Repeat([]byte(" "), 15<<20), nil, 413, "the body has more than 14680064 bytes"},
		{"missing table", good, fail(fmt.Errorf("append to raw.votes: %w", warehouse.ErrTableMissing)), 503, "raw.votes: the table doesn't exist: create it"},
		{"refused rows", good, fail(&warehouse.RefusedError{Table: "raw.votes", Rows: 1, First: "no"}), 422, "raw.votes refused 1 rows"},
		{"warehouse away", good, fail(errors.New("connection refused")), 503, "votes[0] from offset 0: connection refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := &appendertest.Memory{Fail: tt.fail}
			w := post(ingest.NewWith(testConfig(), store), tt.body)
			var answer struct{ Error string }
			if w.Body.Len() > 0 {
				if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
					t.Errorf("answer %q: %v", w.Body, err)
				}
			}
			if w.Code != tt.status || !strings.Contains(answer.Error, tt.text) {
				t.Errorf("answer = %d %q, want %d with %q", w.Code, answer.Error, tt.status, tt.text)
			}
			if stored := store.Appends() > 0; stored != (tt.status == 204) {
				t.Errorf("stored = %t", stored)
			}
		})
	}
	w := httptest.NewRecorder()
	ingest.NewWith(testConfig(), &appendertest.Memory{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET = %d", w.Code)
	}
}

// The answer comes after the rows are stored, not before.
func TestAnswersAfterTheAppend(t *testing.T) {
	entered, stored := make(chan struct{}), make(chan struct{})
	store := &appendertest.Memory{Fail: func(ctx context.Context, _ *warehouse.Rows) error {
		close(entered)
		select {
		case <-stored:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
	h := ingest.NewWith(testConfig(), store)
	body := push(t, &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes"}, Follows: -1, Records: []recordbatch.Record{record(0, "{}")}})
	answer := make(chan int, 1)
	go func() { answer <- post(h, body).Code }()
	<-entered
	select {
	case code := <-answer:
		t.Fatalf("answered %d while the append hung", code)
	default:
	}
	close(stored)
	if code := <-answer; code != http.StatusNoContent {
		t.Errorf("answer = %d", code)
	}
}

// A caller who goes away ends the append.
func TestCallerGoesAway(t *testing.T) {
	entered := make(chan struct{})
	store := &appendertest.Memory{Fail: func(ctx context.Context, _ *warehouse.Rows) error {
		close(entered)
		<-ctx.Done()
		return ctx.Err()
	}}
	h := ingest.NewWith(testConfig(), store)
	body := push(t, &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes"}, Follows: -1, Records: []recordbatch.Record{record(0, "{}")}})
	ctx, leave := context.WithCancel(t.Context())
	answer := make(chan int, 1)
	go func() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(body)))
		answer <- w.Code
	}()
	<-entered
	leave()
	if code := <-answer; code != http.StatusServiceUnavailable {
		t.Errorf("answer = %d", code)
	}
}

func TestConcurrentPushes(t *testing.T) {
	const pushes, each = 32, 100
	store := &appendertest.Memory{}
	server := httptest.NewServer(ingest.NewWith(testConfig(), store))
	defer server.Close()
	var wg sync.WaitGroup
	for p := range pushes {
		b := &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes"}, Follows: int64(p*each - 1)}
		for i := range each {
			b.Records = append(b.Records, record(int64(p*each+i), fmt.Sprintf(`{"voter_id":%d,"candidate":"rivera","timestamp":"2026-11-03T09:30:00Z"}`, p*each+i)))
		}
		body := push(t, b)
		wg.Go(func() {
			resp, err := http.Post(server.URL, "application/json", bytes.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if resp.StatusCode != http.StatusNoContent {
				t.Errorf("answer = %d", resp.StatusCode)
			}
		})
	}
	wg.Wait()
	got, err := store.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	offsets, keys := map[int64]bool{}, map[string]bool{}
	for _, v := range got.Votes {
		offsets[v.Offset], keys[v.VoterKey] = true, true
	}
	if len(got.Votes) != pushes*each || len(offsets) != pushes*each || len(keys) != pushes*each {
		t.Errorf("%d votes, %d offsets, %d voters; want %d of each", len(got.Votes), len(offsets), len(keys), pushes*each)
	}
}

// FuzzPush: whatever the body, the answer is one of those documented.
func FuzzPush(f *testing.F) {
	f.Add(push(f, &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes"}, Follows: -1, Records: []recordbatch.Record{record(0, "{}")}}))
	f.Add([]byte(`{"message":{"data":"eA==","attributes":{"a":"b"},"messageId":"1"},"subscription":"s","deliveryAttempt":5}`))
	f.Add([]byte(`{"message":{"data":null,"attributes":null}}`))
	f.Add([]byte(`{"message":{"message":{}},"message":{"data":"=="}}`))
	h := ingest.NewWith(testConfig(), &appendertest.Memory{})
	f.Fuzz(func(t *testing.T, body []byte) {
		switch w := post(h, body); w.Code {
		case http.StatusNoContent, http.StatusBadRequest, http.StatusUnprocessableEntity:
		default:
			t.Errorf("answer = %d %s", w.Code, w.Body)
		}
	})
}

type discard struct{}

func (discard) Append(context.Context, *warehouse.Rows) error { return nil }

// BenchmarkPush is everything that ingest does to votes but the network and
// the encoding of rows (see BenchmarkPack of package warehouse).
func BenchmarkPush(b *testing.B) {
	const n = 2000
	batch := &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a"}, Follows: -1}
	for i := range n {
		batch.Records = append(batch.Records, record(int64(i), fmt.Sprintf(
			`{"vote_id":"0b6f3f6e-2f0a-4f0c-9a51-%012x","voter_id":"5a3a2a5e-96f6-4c5c-8d6d-%012x","candidate":"Ana Rivera","candidate_image":"https://randomuser.me/api/portraits/men/12.jpg","timestamp":"2026-11-03T09:30:00.%06d","polling_station":"Station-7"}`, i*7919, i*104729, i)))
	}
	body := push(b, batch)
	h := ingest.NewWith(testConfig(), discard{})
	b.ReportAllocs()
	for b.Loop() {
		if w := post(h, body); w.Code != http.StatusNoContent {
			b.Fatal(w.Code, w.Body)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "votes/s")
}
