package postgres

import (
	"encoding/binary"
	"math"
	"strings"
	"time"
)

// Rows are sent in the binary format of COPY: a header, then for each row the number of
// its fields, and for each field its length and its value in the binary form of its type
// (PostgreSQL's manual, COPY, "Binary Format").

var (
	copyHeader  = []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	copyTrailer = []byte{0xff, 0xff}
)

// Times and dates of PostgreSQL count from the year 2000.
const (
	microsTo2000 = 946_684_800_000_000
	daysTo2000   = 10_957
)

// nul stands for the character NUL, which a text of PostgreSQL can't hold.
const nul = "\u2400"

// A row writes the fields of rows to the end of a buffer.
type row struct{ b []byte }

// begin starts a row of so many fields.
func (r *row) begin(fields int) { r.b = binary.BigEndian.AppendUint16(r.b, uint16(fields)) }

func (r *row) null() { r.b = binary.BigEndian.AppendUint32(r.b, math.MaxUint32) }

func (r *row) text(s string) {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", nul)
	}
	r.b = binary.BigEndian.AppendUint32(r.b, uint32(len(s)))
	r.b = append(r.b, s...)
}

// nullable writes a text, or NULL if it is empty.
func (r *row) nullable(s string) {
	if s == "" {
		r.null()
		return
	}
	r.text(s)
}

// bytes writes bytes, or NULL if they are nil.
func (r *row) bytes(b []byte) {
	if b == nil {
		r.null()
		return
	}
	r.b = binary.BigEndian.AppendUint32(r.b, uint32(len(b)))
	r.b = append(r.b, b...)
}

func (r *row) integer(n int64) {
	r.b = binary.BigEndian.AppendUint32(r.b, 8)
	r.b = binary.BigEndian.AppendUint64(r.b, uint64(n))
}

func (r *row) time(t time.Time) { r.integer(t.UnixMicro() - microsTo2000) }

// date writes a date of so many days since 1970-01-01.
func (r *row) date(days int32) {
	r.b = binary.BigEndian.AppendUint32(r.b, 4)
	r.b = binary.BigEndian.AppendUint32(r.b, uint32(days-daysTo2000))
}

// value writes a value of warehouse.AddedValues.
func (r *row) value(v any) {
	switch v := v.(type) {
	case nil:
		r.null()
	case string:
		r.text(v)
	case int64:
		r.integer(v)
	case float64:
		r.integer(int64(math.Float64bits(v)))
	case bool:
		r.b = append(r.b, 0, 0, 0, 1, 0)
		if v {
			r.b[len(r.b)-1] = 1
		}
	}
}
