package bridge

import (
	"sync"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
)

// progress follows the messages of one partition from their publishing to their
// acknowledgement. Acknowledgements come in any order; progress knows up to where
// all are there. It is safe for concurrent use.
type progress struct {
	mu       sync.Mutex
	inFlight []*flight // in the order of offsets
	acked    kafkalog.Mark
	failed   error // why no more of the partition is carried; mostly of the first message that wasn't published
}

// flight is a message that is being published.
type flight struct {
	until kafkalog.Mark // reached once this and all before are acknowledged
	acked bool
}

func newProgress(start kafkalog.Mark) *progress { return &progress{acked: start} }

// depart registers a message that is published; until is the mark at its end.
func (p *progress) depart(until kafkalog.Mark) *flight {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := &flight{until: until}
	p.inFlight = append(p.inFlight, f)
	return f
}

// arrive registers the acknowledgement of a message, or with an error that there was
// none. Progress stays before a message that failed, whatever else is acknowledged.
func (p *progress) arrive(f *flight, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		if p.failed == nil {
			p.failed = err
		}
		return
	}
	f.acked = true
	for len(p.inFlight) > 0 && p.inFlight[0].acked {
		p.acked = p.inFlight[0].until
		p.inFlight = p.inFlight[1:]
	}
}

// give gives up what isn't acknowledged, for a reason of the partition, not of a
// message.
func (p *progress) give(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil {
		p.failed = err
	}
}

// skip moves over offsets that hold no records, to before next; epoch is their
// leader epoch. Where messages are in flight, they count as a part of the last one.
func (p *progress) skip(next int64, epoch int32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.inFlight); n > 0 {
		p.inFlight[n-1].until.Next, p.inFlight[n-1].until.Epoch = next, epoch
		return
	}
	p.acked.Next, p.acked.Epoch = next, epoch
}

// reached returns the kafkalog.Mark below which everything is acknowledged.
func (p *progress) reached() kafkalog.Mark {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.acked
}

// err returns why no more of the partition is carried, if something kept it.
func (p *progress) err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failed
}
