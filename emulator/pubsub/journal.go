package pubsub

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/proto"
)

// entryKind says what a journal entry's message means. The values are on disk.
type entryKind byte

const (
	topicPut      entryKind = 'T' // Topic
	topicGone     entryKind = 't' // DeleteTopicRequest
	subPut        entryKind = 'S' // Subscription
	subGone       entryKind = 's' // DeleteSubscriptionRequest
	published     entryKind = 'P' // PublishRequest with ids and times
	pending       entryKind = 'M' // PublishRequest to the subscription that its topic field names
	acknowledged  entryKind = 'A' // AcknowledgeRequest with message ids
	journalFile             = "pubsub.journal"
	maxEntryBytes           = 256 << 20
	// compactBytes is how much is appended before the journal is rewritten.
	compactBytes = 256 << 20
)

// journal writes down what must survive a restart: resources, messages and
// acknowledgements, in order. An entry is written before the call that caused
// it is answered. It isn't synced: it survives the end of the process, however
// sudden, not that of the machine. A nil journal keeps nothing.
type journal struct {
	path string
	full chan struct{} // receives when it is time to compact

	mu       sync.Mutex
	file     *os.File
	appended int64
}

// append writes one entry.
func (j *journal) append(kind entryKind, m proto.Message) error {
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

// encode returns length, checksum, kind and message.
func encode(kind entryKind, m proto.Message) ([]byte, error) {
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

// readJournal calls f for each entry, up to the first that is torn: the last
// one, if the process was killed while it wrote.
func readJournal(r io.Reader, f func(entryKind, []byte) error) error {
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
		if err := f(entryKind(body[0]), body[1:]); err != nil {
			return err
		}
	}
}

func ignoreTorn(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return fmt.Errorf("read journal: %w", err)
}

// rewrite replaces the journal by what write appends.
func (j *journal) rewrite(write func(add func(entryKind, proto.Message) error) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	f, err := os.CreateTemp(filepath.Dir(j.path), journalFile+".*")
	if err != nil {
		return fmt.Errorf("compact journal: %w", err)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	err = write(func(kind entryKind, m proto.Message) error {
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

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.file.Close()
}

// done notes acknowledged messages of a subscription.
func (j *journal) done(subscription string, ids []string) error {
	if j == nil || len(ids) == 0 {
		return nil
	}
	return j.append(acknowledged, &pubsubpb.AcknowledgeRequest{Subscription: subscription, AckIds: ids})
}
