package profile

import "time"

// use is a rate of one thing, such as a table.
type use struct {
	rate Rate
	of   string
}

// Allow reports whether something may happen once more within the length of time of a
// rate, and counts it if so.
func (p *Profile) Allow(r Rate, of string) bool {
	if p == nil {
		return true
	}
	b, window := p.bound(r), p.Within(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	key, now := use{r, of}, p.now()
	var recent []time.Time
	for _, at := range p.uses[key] {
		if now.Sub(at) < window {
			recent = append(recent, at)
		}
	}
	if len(recent) >= b.Most {
		p.uses[key] = recent
		return false
	}
	p.uses[key] = append(recent, now)
	return true
}
