// Package journal keeps on disk what must survive a restart: resources, messages and
// acknowledgements, in the order of their calls.
//
// An entry is written before the call that caused it is answered. The file isn't synced:
// it survives the end of the process, however sudden, but not that of the machine.
package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"google.golang.org/protobuf/proto"
)

// Kind says what an entry's message means. The values are on disk.
type Kind byte

// The kinds, with the type of their message.
const (
	TopicPut            Kind = 'T' // Topic, created or changed
	TopicDeleted        Kind = 't' // DeleteTopicRequest
	SubscriptionPut     Kind = 'S' // Subscription, created or changed
	SubscriptionDeleted Kind = 's' // DeleteSubscriptionRequest
	Published           Kind = 'P' // PublishRequest with ids and times
	Pending             Kind = 'M' // PublishRequest to one subscription, which its topic field names
	Acknowledged        Kind = 'A' // AcknowledgeRequest with message ids
	Retained            Kind = 'R' // PublishRequest of acknowledged messages, to the subscription or topic that its topic field names
	Held                Kind = 'H' // PublishRequest to the SnapshotPut or Sought that is next under the name in its topic field
	SnapshotPut         Kind = 'N' // Snapshot, created or changed
	SnapshotDeleted     Kind = 'n' // DeleteSnapshotRequest
	Sought              Kind = 'K' // SeekRequest: the messages that are unacknowledged now were held

	SchemaPut             Kind = 'C' // Schema, a revision that was added
	SchemaDeleted         Kind = 'c' // DeleteSchemaRequest
	SchemaRevisionDeleted Kind = 'v' // DeleteSchemaRevisionRequest
)

const (
	// FileName is the journal's name in its directory.
	FileName = "pubsub.journal"

	maxEntryBytes = 256 << 20
	// compactBytes is how much is appended before the journal is full.
	compactBytes = 256 << 20
)

// Journal is a file that entries are appended to. A nil Journal keeps nothing.
type Journal struct {
	path string
	full chan struct{}

	mu       sync.Mutex
	file     *os.File // nil until the first Rewrite
	appended int64    // bytes since the last Rewrite
}

// New returns the journal of a directory. Rewrite must be called before Append.
func New(dir string) *Journal {
	return &Journal{path: filepath.Join(dir, FileName), full: make(chan struct{}, 1)}
}

// Full returns a channel that receives when so much was appended that the journal
// should be rewritten; a nil Journal's never does.
func (j *Journal) Full() <-chan struct{} {
	if j == nil {
		return nil
	}
	return j.full
}

// Append writes one entry.
func (j *Journal) Append(kind Kind, m proto.Message) error {
	if j == nil {
		return nil
	}
	entry, err := encode(kind, m)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(entry); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	if j.appended += int64(len(entry)); j.appended > compactBytes {
		select {
		case j.full <- struct{}{}:
		default:
		}
	}
	return nil
}

// encode returns an entry as the file has it: length, checksum, kind and message.
func encode(kind Kind, m proto.Message) ([]byte, error) {
	entry := make([]byte, 9, 9+proto.Size(m))
	entry[8] = byte(kind)
	entry, err := proto.MarshalOptions{}.MarshalAppend(entry, m)
	if err != nil {
		return nil, fmt.Errorf("encode journal entry: %w", err)
	}
	binary.LittleEndian.PutUint32(entry, uint32(len(entry)-8))
	binary.LittleEndian.PutUint32(entry[4:], crc32.ChecksumIEEE(entry[8:]))
	return entry, nil
}

// Replay calls f for each entry of the file, if there is one, with the encoded message.
// It ends at the first damaged entry: the last one, if the process was killed while it
// wrote.
func (j *Journal) Replay(f func(Kind, []byte) error) error {
	file, err := os.Open(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		defer file.Close()
		err = read(file, f)
	}
	if err != nil {
		return fmt.Errorf("restore from %s: %w", j.path, err)
	}
	return nil
}

func read(r io.Reader, f func(Kind, []byte) error) error {
	in := bufio.NewReaderSize(r, 1<<20)
	var head [8]byte
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return ignoreTorn(err)
		}
		n := binary.LittleEndian.Uint32(head[:])
		if n == 0 || n > maxEntryBytes {
			return nil
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(in, body); err != nil {
			return ignoreTorn(err)
		}
		if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(head[4:]) {
			return nil
		}
		if err := f(Kind(body[0]), body[1:]); err != nil {
			return err
		}
	}
}

// ignoreTorn returns nil for an entry that was cut off.
func ignoreTorn(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return fmt.Errorf("read journal: %w", err)
}

// Rewrite replaces the journal by the entries that write adds.
func (j *Journal) Rewrite(write func(add func(Kind, proto.Message) error) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	f, err := os.CreateTemp(filepath.Dir(j.path), FileName+".*")
	if err != nil {
		return fmt.Errorf("compact journal: %w", err)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	err = write(func(kind Kind, m proto.Message) error {
		entry, err := encode(kind, m)
		if err == nil {
			_, err = out.Write(entry)
		}
		return err
	})
	if err = errors.Join(err, out.Flush()); err == nil {
		err = os.Rename(f.Name(), j.path)
	}
	if err != nil {
		return fmt.Errorf("compact journal: %w", errors.Join(err, f.Close(), os.Remove(f.Name())))
	}
	if j.file != nil {
		_ = j.file.Close() // replaced
	}
	j.file, j.appended = f, 0
	return nil
}

// Close closes the file.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}
