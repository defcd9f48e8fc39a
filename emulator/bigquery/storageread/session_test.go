package storageread

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// kept are rows that say when they are let go of.
type kept struct{ closed bool }

func (*kept) Read(context.Context, int64, int64) ([][]any, error) { return nil, nil }
func (k *kept) Close() error {
	k.closed = true
	return nil
}

func TestDivide(t *testing.T) {
	for _, c := range []struct{ rows, most, streams int64 }{
		{0, 10, 0}, {1, 10, 1}, {blockRows, 10, 1}, {blockRows + 1, 10, 2}, {blockRows + 1, 1, 1}, {7*blockRows + 5, 3, 3}, {1000 * blockRows, 1000, 1000},
	} {
		parts := divide(&session{name: "s"}, c.rows, c.most)
		if int64(len(parts)) != c.streams {
			t.Errorf("%d rows, at most %d streams: got %d, want %d", c.rows, c.most, len(parts), c.streams)
		}
		next := int64(0)
		for _, p := range parts {
			if p.from != next || p.to <= p.from || p.from%blockRows != 0 {
				t.Errorf("%d rows, at most %d streams: a stream has rows %d to %d, behind %d", c.rows, c.most, p.from, p.to, next)
			}
			next = p.to
		}
		if next != c.rows {
			t.Errorf("%d rows, at most %d streams: they end at %d", c.rows, c.most, next)
		}
	}
}

// TestSessionsAreLetGoOf adds sessions of which two fit: the one that is being read stays, the one used last too.
func TestSessionsAreLetGoOf(t *testing.T) {
	all := newSessions()
	add := func() (*kept, string) {
		k := &kept{}
		n := &session{name: newSessionName("projects/p"), expires: time.Now().Add(time.Hour), rows: k, bytes: maxKept / 2}
		parts := divide(n, 1, 1)
		all.add(n, parts)
		return k, parts[0].name
	}
	first, stream := add()
	_, done, err := all.find(stream)
	if err != nil {
		t.Fatal(err)
	}
	second, gone := add()
	third, _ := add()
	if first.closed || !second.closed || third.closed {
		t.Errorf("closed: %v, %v, %v; want the second", first.closed, second.closed, third.closed)
	}
	if _, _, err := all.find(gone); status.Code(err) != codes.NotFound {
		t.Errorf("a stream that was let go of: %v", err)
	}
	done()
	fourth, _ := add()
	if first.closed || !third.closed || fourth.closed {
		t.Errorf("closed: %v, %v, %v; want the third, which wasn't used as late as the first", first.closed, third.closed, fourth.closed)
	}
}

func TestExpiry(t *testing.T) {
	all := newSessions()
	k := &kept{}
	n := &session{name: newSessionName("projects/p"), expires: time.Now().Add(-time.Second), rows: k}
	parts := divide(n, 1, 1)
	all.add(n, parts)
	if _, _, err := all.find(parts[0].name); status.Code(err) != codes.FailedPrecondition {
		t.Errorf("an expired session: %v", err)
	}
	if _, _, err := all.find("projects/p/streams/1"); status.Code(err) != codes.InvalidArgument {
		t.Errorf("a malformed name: %v", err)
	}
	other := &session{name: newSessionName("projects/p"), expires: time.Now().Add(time.Hour), rows: &kept{}}
	all.add(other, divide(other, 1, 1))
	if !k.closed || len(all.streams) != 1 {
		t.Errorf("closed: %v, %d streams; want the expired session gone", k.closed, len(all.streams))
	}
}
