package verify

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	emulator "github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/shared/kafka"
)

// A link is the way to the brokers: a TCP proxy on loopback for each connection,
// which delays what passes, and may stop letting through what the brokers send.
type link struct {
	t     *testing.T
	delay time.Duration // in each direction
	limit int64         // bytes from the brokers that pass; 0 is no limit
	spent atomic.Int64
}

// option makes a client connect by the link, whatever addresses brokers advertise.
func (k *link) option() kgo.Opt {
	return kgo.Dialer(func(ctx context.Context, network, address string) (net.Conn, error) {
		proxy, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		go func() {
			defer proxy.Close()
			near, err := proxy.Accept()
			if err != nil {
				return
			}
			k.t.Cleanup(func() { _ = near.Close() })
			far, err := net.Dial(network, address)
			if err != nil {
				_ = near.Close()
				return
			}
			k.t.Cleanup(func() { _ = far.Close() })
			go k.carry(far, near, func(int) bool { return true })
			go k.carry(near, far, func(n int) bool { return k.limit == 0 || k.spent.Add(int64(n)) <= k.limit })
		}()
		var d net.Dialer
		return d.DialContext(ctx, network, proxy.Addr().String())
	})
}

// carry copies, each piece when its time has come, until one may not pass: then it
// holds the connection open, and is silent.
func (k *link) carry(to, from net.Conn, pass func(bytes int) bool) {
	type piece struct {
		due  time.Time
		data []byte
	}
	pieces := make(chan piece, 1024)
	go func() {
		defer close(pieces)
		for {
			data := make([]byte, 64<<10)
			n, err := from.Read(data)
			if n > 0 {
				pieces <- piece{time.Now().Add(k.delay), data[:n]}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range pieces {
		time.Sleep(time.Until(p.due)) // what a long way is
		if !pass(len(p.data)) {
			_, _ = io.Copy(io.Discard, from)
			return
		}
		if _, err := to.Write(p.data); err != nil {
			return
		}
	}
	_ = to.Close()
}

// Over a link of 150 ms round trip everything is read that is there, however long
// it takes.
func TestFarBroker(t *testing.T) {
	t.Parallel()
	_, options := startKafka(t, emulator.Options{})
	plain(t, options, 500)
	far := &link{t: t, delay: 75 * time.Millisecond}
	l, key := open(t, append(options, far.option()))
	against(t, l, key, nil).found(t, "none of the 500 records that Kafka holds, from offset 0 on, is in the tables")
	if waiting, err := l.waiting(t.Context(), nil); err != nil || !waiting {
		t.Errorf("records that aren't counted aren't waited for: %v", err)
	}
}

// A broker that falls silent leaves a partition unread: that is named, with how far
// the audit came, and is no difference.
func TestSilentBroker(t *testing.T) {
	t.Parallel()
	_, options := startKafka(t, emulator.Options{})
	client, err := kgo.NewClient(append(options, kgo.ProducerBatchCompression(kgo.NoCompression()))...)
	must(t, err)
	defer client.Close()
	for i := range 30 {
		value := bytes.Repeat(fmt.Appendf(nil, "%03d", i), 30_000)
		must(t, client.ProduceSync(t.Context(), &kgo.Record{Topic: "votes", Value: value}).FirstErr())
	}
	direct, key := open(t, options)
	raw := kept(t, direct, key)

	silent := &link{t: t, limit: 3 << 19} // of 2.7 MB
	l, _ := open(t, append(options, silent.option()))
	l.stall = 8 * time.Second // more than a stretch takes on a busy machine
	a := against(t, l, key, map[kafka.TopicPartition][]recordTime{key: raw})
	a.found(t)
	u := l.unread[key]
	if u.From == 0 || u.From >= 30 || u.End != 30 || !strings.Contains(u.Cause, "tried for 8s") {
		t.Errorf("unread %+v, want it to begin between offsets 1 and 29 of 30", u)
	}
	if p := a.partitions[0]; p.ReadTo != u.From {
		t.Errorf("the partition was read to offset %d, and isn't from %d on", p.ReadTo, u.From)
	}
	if waiting, err := l.waiting(t.Context(), nil); err != nil || waiting {
		t.Errorf("what can't be read is waited for: %v", err)
	}
}
