package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// contentJSON has no charset: JSON is UTF-8.
const contentJSON = "application/json"

// Reply answers a request with a value as JSON.
func Reply(w http.ResponseWriter, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a response of type %T: %w", v, err)
	}
	return replyRaw(w, data)
}

func replyRaw(w http.ResponseWriter, data []byte) error {
	w.Header().Set("Content-Type", contentJSON)
	_, _ = w.Write(data) // the client is gone when this fails
	return nil
}

// Str writes a 64-bit number as JSON has it.
func Str(n int64) string { return strconv.FormatInt(n, 10) }

// SelfLink is the address of a resource under this server.
func SelfLink(r *http.Request, elem ...string) string {
	return "http://" + r.Host + "/bigquery/v2/projects/" + strings.Join(elem, "/")
}
