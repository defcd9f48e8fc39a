package ingest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/functions/ingest/appendertest"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logging"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// A line tells what became of a message, and nothing of its voters.
func TestLogLine(t *testing.T) {
	written := time.Now().Add(-90 * time.Second)
	at := func(offset int64, value string) recordbatch.Record {
		return recordbatch.Record{Offset: offset, Timestamp: written.UnixMilli(), Key: []byte("voter-4711"), Value: []byte(value), Size: int64(len(value))}
	}
	cast := written.UTC().Format(time.RFC3339)
	data, attributes, err := recordbatch.Encode(&recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes", Partition: 3}, Follows: 6, Records: []recordbatch.Record{
		at(7, `{"voter_id":"voter-4711","candidate":"rivera","timestamp":"`+cast+`"}`),
		at(8, `{"voter_id":"voter-4711","candidate":"nobody of voter-4711","timestamp":"`+cast+`"}`),
		at(9, `{"voter_id":"voter-4711"`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	body := pushOf(t, data, attributes)
	var buf bytes.Buffer
	log := logging.New(&buf, config.FromMap(map[string]string{"K_SERVICE": "ingest", "LOG_LEVEL": "debug"}))
	h := logging.Handler("ingest", log, ingest.NewWith(testConfig(), &appendertest.Memory{}))
	if w := post(h, body); w.Code != http.StatusNoContent {
		t.Fatalf("answer %d %s", w.Code, w.Body)
	}
	var got map[string]any
	if err := json.Unmarshal(buf.Bytes(), &got); err != nil {
		t.Fatalf("line %q: %v", buf.String(), err)
	}
	want := map[string]any{
		"severity": "INFO", "function": "ingest", "status": 204.0, "message_id": "17", "attempt": "1",
		"bytes": float64(len(data)), "topic": "votes", "partition": 3.0, "first_offset": 7.0, "records": 3.0,
		"rejects": 2.0, "first_reject": "unknown_candidate",
	}
	ignore := cmpopts.IgnoreMapEntries(func(k string, _ any) bool {
		return k == "time" || k == "took" || k == "lag" || k == "message"
	})
	if diff := cmp.Diff(want, got, ignore); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
	if lag, ok := got["lag"].(float64); !ok || lag < 90 || lag > 600 {
		t.Errorf("lag = %v, want the 90 seconds since the record was written and a little", got["lag"])
	}
	message, _ := got["message"].(string)
	for _, part := range []string{"ingest status=204 ", " topic=votes ", " records=3 ", " rejects=2 ", " lag=1m3"} {
		if !strings.Contains(message, part) {
			t.Errorf("message %q lacks %q", message, part)
		}
	}
	for _, secret := range []string{"4711", string(secret)} {
		if strings.Contains(buf.String(), secret) {
			t.Errorf("the log holds %q: %s", secret, buf.String())
		}
	}
}
