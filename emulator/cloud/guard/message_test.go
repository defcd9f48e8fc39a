package guard

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http/httptest"
	"testing"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/protobuf/proto"
)

// A call without a routing header is known by its first message, which stays in its body.
func TestAddressed(t *testing.T) {
	const stream = "projects/p/datasets/d/tables/t/streams/_default"
	for _, tt := range []struct {
		name, header, stream, want string
	}{
		{"a header", "write_stream=" + stream, "", stream},
		{"a header without a resource, and a message", "write_location=us", stream, stream},
		{"a message", "", stream, stream},
		{"neither", "", "", ""},
	} {
		message, err := proto.Marshal(&storagepb.AppendRowsRequest{WriteStream: tt.stream, TraceId: "trace"})
		if err != nil {
			t.Fatal(err)
		}
		body := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message)))
		body = append(append(body, message...), "the next message"...)
		r := httptest.NewRequest("POST", "/google.cloud.bigquery.storage.v1.BigQueryWrite/AppendRows", bytes.NewReader(body))
		r.Header.Set("X-Goog-Request-Params", tt.header)
		got, err := addressed(r)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
		if tt.want == "" {
			continue
		}
		if rest, err := io.ReadAll(r.Body); err != nil || !bytes.Equal(rest, body) {
			t.Errorf("%s: the body is then %q, %v; want %q", tt.name, rest, err, body)
		}
	}
}

func TestStorageNeeds(t *testing.T) {
	const (
		table   = "projects/p/datasets/d/tables/t"
		session = "projects/p/locations/us/sessions/s/streams/1"
	)
	for _, c := range []struct {
		method, header string
		want           need
	}{
		{"BigQueryWrite/AppendRows", "write_stream=" + table + "/streams/1", need{"bigquery.tables.updateData", table}},
		{"BigQueryWrite/AppendRows", "write_stream=" + table + "/_default", need{"bigquery.tables.updateData", table}},
		{"BigQueryRead/CreateReadSession", "read_session.table=" + table, need{"bigquery.readsessions.create", "projects/p"}},
		{"BigQueryRead/ReadRows", "read_stream=" + session, need{"bigquery.readsessions.getData", "projects/p"}},
		{"BigQueryRead/SplitReadStream", "name=" + session, need{"bigquery.readsessions.getData", "projects/p"}},
	} {
		r := httptest.NewRequest("POST", "/google.cloud.bigquery.storage.v1."+c.method, nil)
		r.Header.Set("X-Goog-Request-Params", c.header)
		if got, err := storageNeeds(r); err != nil || got != c.want {
			t.Errorf("%s: %v, %v; want %v", c.method, got, err, c.want)
		}
	}
}
