package postgres

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
)

// The data of a COPY is the same, however it is read: header, rows, trailer.
func TestCopyReader(t *testing.T) {
	for _, rows := range []int{0, 1, 3, 10_000} {
		want := row{b: bytes.Clone(copyHeader)}
		write := func(r *row, i int) {
			r.begin(2)
			r.integer(int64(i))
			r.bytes(make([]byte, i%100))
		}
		for i := range rows {
			write(&want, i)
		}
		want.b = append(want.b, copyTrailer...)
		for name, of := range map[string]func(io.Reader) io.Reader{
			"at once": func(r io.Reader) io.Reader { return r }, "by bytes": iotest.OneByteReader, "by halves": iotest.HalfReader,
		} {
			reader := newCopyReader(rows, write)
			got, err := io.ReadAll(of(reader))
			if err != nil || !bytes.Equal(got, want.b) {
				t.Errorf("%d rows, read %s: %d bytes (%v), want %d bytes, or others", rows, name, len(got), err, len(want.b))
			}
			if most := 2 * copyPiece; cap(reader.b) > most {
				t.Errorf("%d rows, read %s: they took a buffer of %d bytes, more than %d", rows, name, cap(reader.b), most)
			}
		}
	}
}

// A row that is larger than a piece is read whole.
func TestCopyReaderOfLargeRows(t *testing.T) {
	const large = 3 * copyPiece
	got, err := io.ReadAll(newCopyReader(2, func(r *row, _ int) { r.bytes(make([]byte, large)) }))
	if want := len(copyHeader) + 2*(4+large) + len(copyTrailer); err != nil || len(got) != want {
		t.Errorf("%d bytes (%v), want %d", len(got), err, want)
	}
}
