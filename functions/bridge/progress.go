package bridge

import (
	"sync"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
)

// progress follows the messages of one partition from their publishing to
// their acknowledgement, which come in any order, and knows up to where all
// are acknowledged. It is safe for concurrent use.
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

// depart registers a message that ends at until.
func (p *progress) depart(until kafkalog.Mark) *flight {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := &flight{until: until}
	p.inFlight = append(p.inFlight, f)
	return f
}

// arrive registers the acknowledgement of a message, or that there was none.
// After a failure progress stays before it, whatever else is acknowledged.
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

// give gives up what isn't acknowledged, for a reason that isn't a message's.
func (p *progress) give(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil {
		p.failed = err
	}
}

// skip moves over offsets that hold no records, up to next, of a leader epoch:
// at once where nothing is in flight, else together with the last message.
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
