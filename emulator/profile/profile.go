package profile

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Profile waits as long as operations take on Google Cloud. It is safe for concurrent
// use.
type Profile struct {
	figures Figures
	speed   float64
	seed    uint64
	rows    map[string]int64
	sleep   func(ctx context.Context, d time.Duration) error
	now     func() time.Time
	epoch   time.Time // when the cloud's time and this machine's are the same

	mu    sync.Mutex
	draws map[Operation]*rand.Rand
	uses  map[use][]time.Time // of rates, in order
}

// Options configure a Profile.
type Options struct {
	Seed uint64
	// Rows are how many rows tables of a larger project have, by "dataset.table": statements
	// take as long as they would there.
	Rows map[string]int64
	// Sleep waits, or returns ctx's error if that ends first; nil is the clock's.
	Sleep func(ctx context.Context, d time.Duration) error
	// Now is the clock of the rates; nil is time.Now.
	Now func() time.Time
}

// maxSpeed bounds the speed: beyond it the waits are shorter than the emulators' work.
const maxSpeed = 100

// Parse returns the profile that a flag names: "cloud", or "cloud/20" for one that is 20
// times as fast. Without a name it is nil, which is no profile.
func Parse(name string, o Options) (*Profile, error) {
	if name == "" {
		return nil, nil
	}
	base, factor, compressed := strings.Cut(name, "/")
	speed := 1.0
	if compressed {
		var err error
		if speed, err = strconv.ParseFloat(factor, 64); err != nil || !(speed >= 1 && speed <= maxSpeed) {
			return nil, fmt.Errorf("profile %q: the speed is %q, want a number from 1 to %d", name, factor, maxSpeed)
		}
	}
	if base != "cloud" {
		return nil, fmt.Errorf(`profile %q: want "cloud", or "cloud/20" for 20 times its speed`, name)
	}
	if o.Sleep == nil {
		o.Sleep = Sleep
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Profile{
		figures: Cloud(), speed: speed, seed: o.Seed, rows: o.Rows, sleep: o.Sleep, now: o.Now, epoch: o.Now().UTC().Truncate(time.Minute),
		draws: map[Operation]*rand.Rand{}, uses: map[use][]time.Time{},
	}, nil
}

// String is what Parse was given.
func (p *Profile) String() string {
	switch {
	case p == nil:
		return ""
	case p.speed == 1:
		return "cloud"
	}
	return "cloud/" + strconv.FormatFloat(p.speed, 'g', -1, 64)
}

// Speed is how many times as fast as the cloud the profile is.
func (p *Profile) Speed() float64 {
	if p == nil {
		return 1
	}
	return p.speed
}

// Scale is how long something of the cloud's takes under the profile.
func (p *Profile) Scale(d time.Duration) time.Duration {
	return time.Duration(float64(d) / p.Speed())
}

// Draw is how long an operation takes this time, under the profile.
func (p *Profile) Draw(op Operation) time.Duration {
	if p == nil {
		return 0
	}
	t, known := p.figures.Operations[op]
	if !known {
		panic("no time of " + string(op) + " in cloud.json")
	}
	p.mu.Lock()
	source := p.draws[op]
	if source == nil {
		h := fnv.New64a()
		h.Write([]byte(op))
		source = rand.New(rand.NewPCG(p.seed, h.Sum64()))
		p.draws[op] = source
	}
	normal := source.NormFloat64()
	p.mu.Unlock()
	return p.Scale(t.at(normal))
}

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

// at is the time that stands as many standard deviations from the median. None is
// more than three times P99.
func (t Time) at(normal float64) time.Duration {
	sigma := math.Log(t.P99/t.P50) / z99
	ms := min(t.P50*math.Exp(sigma*normal), 3*t.P99)
	return time.Duration(ms * float64(time.Millisecond))
}

// Wait waits as long as an operation takes, or returns ctx's error if that ends first.
// All waits of the emulators go through it, WaitScan or Until.
func (p *Profile) Wait(ctx context.Context, op Operation) error {
	if p == nil {
		return nil
	}
	return p.sleep(ctx, p.Draw(op))
}

// WaitScan waits as long as an operation takes that reads so many bytes, or returns ctx's
// error if that ends first.
func (p *Profile) WaitScan(ctx context.Context, op Operation, scan Scan, bytes int64) error {
	if p == nil {
		return nil
	}
	return p.sleep(ctx, p.Draw(op)+p.Scan(scan, bytes))
}

// Scan is how much longer it takes to read so many bytes, under the profile.
func (p *Profile) Scan(s Scan, bytes int64) time.Duration {
	if p == nil {
		return 0
	}
	figure, known := p.figures.Scans[s]
	if !known {
		panic("no scan " + string(s) + " in cloud.json")
	}
	return p.Scale(time.Duration(figure.Time * float64(bytes) / (1 << 30) * float64(time.Millisecond))).Round(time.Microsecond)
}

// Rows is how many rows a table counts for: those that it has, or those that it has in the
// project of Options.Rows.
func (p *Profile) Rows(table string, rows int64) int64 {
	if p == nil {
		return rows
	}
	return max(rows, p.rows[table])
}

// Until waits until a time, such as when an answer is due.
func (p *Profile) Until(ctx context.Context, due time.Time) error {
	if p == nil {
		return nil
	}
	if d := time.Until(due); d > 0 {
		return p.sleep(ctx, d)
	}
	return nil
}

// Most is the number of a bound; 0 is no bound.
func (p *Profile) Most(r Rate) int {
	if p == nil {
		return 0
	}
	return p.bound(r).Most
}

// Within is the length of time of a bound, under the profile.
func (p *Profile) Within(r Rate) time.Duration {
	if p == nil {
		return 0
	}
	return p.Scale(time.Duration(p.bound(r).In * float64(time.Millisecond)))
}

func (p *Profile) bound(r Rate) Bound {
	b, known := p.figures.Rates[r]
	if !known {
		panic("no bound " + string(r) + " in cloud.json")
	}
	return b
}

// Virtual is the time in the cloud at a time of this machine: the same at speed 1, else
// as many times as far from when the profile was made. Minutes of a schedule are the cloud's.
func (p *Profile) Virtual(t time.Time) time.Time {
	if p.Speed() == 1 {
		return t
	}
	return p.epoch.Add(time.Duration(float64(t.Sub(p.epoch)) * p.speed))
}

// Real is the opposite of Virtual.
func (p *Profile) Real(t time.Time) time.Time {
	if p.Speed() == 1 {
		return t
	}
	return p.epoch.Add(p.Scale(t.Sub(p.epoch)))
}

// Sleep waits for d, or returns ctx's error if that ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return ctx.Err()
	}
}
