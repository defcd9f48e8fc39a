package cloudrun

import "sync"

// processor is taken away while no request uses it. All instances of a service at a URL
// share one.
type processor struct {
	cpu Processor // nil is always on

	mu      sync.Mutex
	running int // requests that use it
}

func newProcessor(cpu Processor) *processor {
	if cpu != nil {
		cpu.Pause()
	}
	return &processor{cpu: cpu}
}

// use gives the processor to a request, and done takes it away after the last one.
func (p *processor) use() (done func()) {
	if p.cpu == nil {
		return func() {}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running++; p.running == 1 {
		p.cpu.Resume()
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.running--; p.running == 0 {
			p.cpu.Pause()
		}
	}
}
