package decompress

import (
	"encoding/binary"
	"fmt"
	"io"
)

// snappyReader decompresses snappy piece by piece: the library decompresses a
// block at once, and a producer may send all of a batch as one block. A block is
// the varint of its decompressed size, and then elements: literals, and copies of
// what came before.
type snappyReader struct {
	src    []byte // blocks that aren't read
	framed bool   // whether blocks follow their lengths
	block  []byte // what isn't read of the current block

	window []byte // what was decompressed last
	read   int    // bytes of window that were read
}

// snappyWindow is how many bytes back a copy may refer: encoders go 64 KiB back.
const snappyWindow = 4 << 20

func newSnappyReader(src []byte) *snappyReader {
	if isFramed(src) {
		return &snappyReader{src: src[framedHeader:], framed: true}
	}
	return &snappyReader{src: src}
}

func (r *snappyReader) Read(p []byte) (int, error) {
	for r.read == len(r.window) {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.window[r.read:])
	r.read += n
	return n, nil
}

// next decompresses the next element: a literal or a copy.
func (r *snappyReader) next() error {
	if len(r.block) == 0 {
		if err := r.nextBlock(); err != nil {
			return err
		}
	}
	if len(r.window) > 2*snappyWindow { // all of it is read
		r.window = append(r.window[:0], r.window[len(r.window)-snappyWindow:]...)
		r.read = len(r.window)
	}
	if len(r.block) == 0 {
		return nil // a block of nothing
	}
	tag := r.block[0]
	if tag&3 == 0 {
		return r.literal(int(tag >> 2))
	}
	return r.copy(tag)
}

// nextBlock begins a block. Copies don't refer beyond it.
func (r *snappyReader) nextBlock() error {
	if len(r.src) == 0 {
		return io.EOF
	}
	r.block, r.src = r.src, nil
	if r.framed {
		var err error
		if r.block, r.src, err = nextFrame(r.block); err != nil {
			return err
		}
	}
	_, n := binary.Uvarint(r.block) // the stream's end is the size that counts
	if n <= 0 {
		return errCorrupt
	}
	r.block = r.block[n:]
	r.window, r.read = r.window[:0], 0
	return nil
}

// literal appends bytes as they are. Lengths from 60 on are encoded in one to four
// bytes of their own.
func (r *snappyReader) literal(length int) error {
	at := 1
	if length >= 60 {
		bytes := length - 59
		if len(r.block) < 1+bytes {
			return errCorrupt
		}
		length, at = 0, 1+bytes
		for i := range bytes {
			length |= int(r.block[1+i]) << (8 * i)
		}
	}
	length++
	if length > len(r.block)-at {
		return errCorrupt
	}
	r.window = append(r.window, r.block[at:at+length]...)
	r.block = r.block[at+length:]
	return nil
}

// copy repeats what came before. A copy may overlap what it writes.
func (r *snappyReader) copy(tag byte) error {
	size := [4]int{0, 2, 3, 5}[tag&3]
	if len(r.block) < size {
		return errCorrupt
	}
	length, offset := 1+int(tag>>2), 0
	switch tag & 3 {
	case 1:
		length, offset = 4+int(tag>>2)&7, int(tag&0xe0)<<3|int(r.block[1])
	case 2:
		offset = int(binary.LittleEndian.Uint16(r.block[1:]))
	case 3:
		offset = int(binary.LittleEndian.Uint32(r.block[1:]))
	}
	if offset > snappyWindow {
		return fmt.Errorf("a batch refers %d bytes back in what it decompresses to, and snappy's own libraries no more than 64 KiB: have its producer send smaller batches, or compress by another codec", offset)
	}
	if offset == 0 || offset > len(r.window) {
		return fmt.Errorf("%w: a copy from %d bytes before, of which there are %d", errCorrupt, offset, len(r.window))
	}
	from := len(r.window) - offset
	for i := range length {
		r.window = append(r.window, r.window[from+i])
	}
	r.block = r.block[size:]
	return nil
}
