package warehouse

// maxRequest bounds the rows of one AppendRows request, in bytes. BigQuery takes 10 MB a
// request, with the stream's name, the descriptor and the framing of each row.
const maxRequest = 8 << 20

// rowFraming is how many bytes a row takes in a request beside its own: a tag and a
// length.
const rowFraming = 6

// pack encodes rows and splits them into requests. A row that is larger than a request
// is a request by itself.
func pack[R any](rows []R, encode func([]byte, *R) []byte) [][][]byte {
	var requests [][][]byte
	request := make([][]byte, 0, len(rows))
	size := 0
	buf := make([]byte, 0, min(len(rows)*256, maxRequest))
	for i := range rows {
		// Rows share a buffer. When it grows, the rows before this one keep the old
		// memory.
		start := len(buf)
		buf = encode(buf, &rows[i])
		row := buf[start:len(buf):len(buf)]
		if size+len(row)+rowFraming > maxRequest && len(request) > 0 {
			requests = append(requests, request)
			request, size = nil, 0
		}
		request = append(request, row)
		size += len(row) + rowFraming
	}
	return append(requests, request)
}
