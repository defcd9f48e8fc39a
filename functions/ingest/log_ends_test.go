package ingest_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/functions/ingest/appendertest"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
)

// A report of log ends is stored as it is, and one that makes no sense is the
// message's fault.
func TestLogEnds(t *testing.T) {
	store := &appendertest.Memory{}
	h := ingest.NewWith(testConfig(), store)
	report := &logends.Report{ObservedAt: recorded, Partitions: []logends.Partition{
		{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "id", Partition: 2}, Partitions: 6, LogStart: 3, LastStable: 8, LogEnd: 11, Next: 8, LastRecord: 6, Open: "one"},
		{TopicPartition: kafka.TopicPartition{Topic: "voters"}, Partitions: 1, LastRecord: -1},
	}}
	data, attributes, err := logends.Encode(report)
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(pushOf(t, data, attributes))))
	if answer.Code != http.StatusNoContent {
		t.Fatalf("answer %d: %s", answer.Code, answer.Body)
	}
	rows, err := store.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []logends.Partition
	for _, r := range rows.LogEnds {
		if !r.ObservedAt.Equal(recorded) {
			t.Errorf("observed at %v, want %v", r.ObservedAt, recorded)
		}
		got = append(got, r.Partition)
	}
	if diff := cmp.Diff(report.Partitions, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	answer = httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(pushOf(t, []byte(`{"partitions":[]}`), attributes))))
	if answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("an empty report: answer %d, want 422", answer.Code)
	}
}
