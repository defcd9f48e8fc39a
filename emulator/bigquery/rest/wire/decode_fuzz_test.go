package wire

import (
	"encoding/json"
	"testing"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// request has pointers, as the requests of some methods have.
type request struct {
	bqv2.QueryRequest
	MaxResults *int64 `json:"maxResults"`
}

// Whatever a request's body holds, decoding ends with a value that can be written
// again, or with an error for the client.
func FuzzUnmarshal(f *testing.F) {
	for _, body := range []string{
		``, ` `, `{}`, `{"query":"SELECT 1","maxResults":"10","timeoutMs":5}`, `{"configuration":{"query":{"query":7}}}`,
		`{"queryParameters":[{"parameterValue":{"arrayValues":[{"value":1}]}}]}`, `{"schema":{"fields":[{"fields":[{}]}]}}`,
		`[]`, `"text"`, `{"query":{}}`, `{"maxResults":1e400}`, `{"labels":{"a":1}}`, `{`, "\xff", `{"useLegacySql":"false"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, v := range []any{&request{}, &bqv2.Job{}, &bqv2.Table{}, &bqv2.TableDataInsertAllRequest{}} {
			if err := Unmarshal(body, v); err != nil {
				if e := AsError(err); e.Code < 400 || e.Code >= 500 {
					t.Errorf("%T from %q: status %d, %v", v, body, e.Code, err)
				}
				continue
			}
			if _, err := json.Marshal(v); err != nil {
				t.Errorf("%T from %q can't be written: %v", v, body, err)
			}
		}
	})
}
