package postgres

import "io"

// copyReader is the data of a COPY as an io.Reader. It writes rows as they are read.
type copyReader struct {
	row        // what is written and not read yet is row.b from read on
	read       int
	next, rows int // the row that is written next, and how many there are
	write      func(r *row, i int)
	ended      bool
}

// copyPiece is about how many bytes are written at a time: with another row they are less
// than the 64 KiB that pgx reads for a message.
const copyPiece = 60 << 10

func newCopyReader(rows int, write func(r *row, i int)) *copyReader {
	c := &copyReader{rows: rows, write: write}
	c.b = append(make([]byte, 0, min(copyPiece+copyPiece/8, 512*(rows+1))), copyHeader...)
	return c
}

func (c *copyReader) Read(p []byte) (n int, err error) {
	if c.read == len(c.b) {
		if c.ended {
			return 0, io.EOF
		}
		c.b, c.read = c.b[:0], 0
	}
	for c.next < c.rows && len(c.b) < copyPiece {
		c.write(&c.row, c.next)
		c.next++
	}
	if c.next == c.rows && !c.ended {
		c.b, c.ended = append(c.b, copyTrailer...), true
	}
	n = copy(p, c.b[c.read:])
	c.read += n
	return n, nil
}
