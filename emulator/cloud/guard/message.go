package guard

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// maxMessage is how long a first message may be, in bytes: a request to append has 20 MB
// at most (https://cloud.google.com/bigquery/quotas#write-api-limits).
const maxMessage = 20 << 20

// addressed is the resource that a call of gRPC is about: by its routing header, or by
// the first field of its first message, since a stream of AppendRows may leave out the
// header. The request's body is whole afterwards.
func addressed(r *http.Request) (string, error) {
	if resource, err := routed(r); err == nil {
		return resource, nil
	}
	var head [5]byte // whether it is compressed, and the length
	if _, err := io.ReadFull(r.Body, head[:]); err != nil {
		return "", errUnrouted(r)
	}
	size := binary.BigEndian.Uint32(head[1:])
	if head[0] != 0 || size > maxMessage {
		return "", errUnrouted(r)
	}
	message := make([]byte, size)
	if _, err := io.ReadFull(r.Body, message); err != nil {
		return "", errUnrouted(r)
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head[:]), bytes.NewReader(message), r.Body), r.Body}
	number, kind, n := protowire.ConsumeTag(message)
	if n < 0 || number != 1 || kind != protowire.BytesType {
		return "", errUnrouted(r)
	}
	value, n := protowire.ConsumeBytes(message[n:])
	if n < 0 || !strings.HasPrefix(string(value), "projects/") {
		return "", errUnrouted(r)
	}
	return string(value), nil
}
