package gate

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// compacted is a broker all of whose topics are compacted and stamped.
type compacted struct{}

func (compacted) TopicInfo(string) *kfake.TopicInfo {
	compact, stamp := "compact", "LogAppendTime"
	return &kfake.TopicInfo{Configs: map[string]*string{"cleanup.policy": &compact, "message.timestamp.type": &stamp}}
}

func (c compacted) TopicIDInfo([16]byte) *kfake.TopicInfo { return c.TopicInfo("") }

// FuzzRead: whatever a client sends, reading it ends, without a panic.
func FuzzRead(f *testing.F) {
	for key := range handlers {
		r := kmsg.RequestForKey(key)
		r.SetVersion(r.MaxVersion())
		f.Add(key, r.MaxVersion(), r.AppendTo([]byte{0, 0}))
	}
	f.Fuzz(func(t *testing.T, key, version int16, body []byte) {
		frame := binary.BigEndian.AppendUint32(nil, uint32(8+2+len(body)))
		frame = binary.BigEndian.AppendUint16(frame, uint16(key))
		frame = binary.BigEndian.AppendUint16(frame, uint16(version))
		frame = append(frame, 0, 0, 0, 1, 0, 0) // correlation id, no name
		g := New(nil)
		g.Serve(compacted{})
		c := newConn(nil, g)
		c.in = bufio.NewReader(bytes.NewReader(append(frame, body...)))
		_, _ = io.Copy(io.Discard, c) // ends with the input
	})
}
