package plot

import (
	"math"
	"time"
)

// Scale is an axis of figures, from 0 to Top.
type Scale struct{ Step, Top float64 }

// ScaleOf is an axis up to a figure or a little further, in about so many steps, whole ones where figures are.
func ScaleOf(most float64, steps int, whole bool) Scale {
	step := niceStep(most/float64(steps), whole)
	return Scale{step, math.Max(math.Ceil(most/step-1e-9), 1) * step}
}

// Figures are the figures that are named.
func (s Scale) Figures() []float64 {
	var list []float64
	for i := 0; float64(i)*s.Step <= s.Top*1.0001; i++ {
		list = append(list, float64(i)*s.Step)
	}
	return list
}

// niceStep is the least of 1, 2, 2.5 or 5 times a power of ten that isn't less.
func niceStep(least float64, whole bool) float64 {
	if least <= 0 || whole && least < 1 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, times := range []float64{1, 2, 2.5, 5} {
		if step := times * power; step >= least && !(whole && step != math.Trunc(step)) {
			return step
		}
	}
	return 10 * power
}

// steps are how far apart times may be named.
var steps = []time.Duration{
	5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour,
	12 * time.Hour, 24 * time.Hour, 48 * time.Hour, 7 * 24 * time.Hour, 28 * 24 * time.Hour,
}

// Times are times to name below an axis: round by the clock of a zone, about so many at most, and no nearer to one another
// than least.
func Times(from, to time.Time, zone *time.Location, most int, least time.Duration) []time.Time {
	step := steps[len(steps)-1]
	for _, one := range steps {
		if to.Sub(from)/one < time.Duration(most) {
			step = one
			break
		}
	}
	step = max(step, least)
	_, offset := from.In(zone).Zone()
	shift := time.Duration(offset) * time.Second
	var list []time.Time
	for t := from.Add(shift).Truncate(step).Add(-shift); !t.After(to); t = t.Add(step) {
		if !t.Before(from) {
			list = append(list, t)
		}
	}
	return list
}

// Apart moves labels, which come by height, the highest first, down and then up until there is room between
// them.
func Apart(at []float64, room, lowest float64) []float64 {
	for i := 1; i < len(at); i++ {
		at[i] = max(at[i], at[i-1]+room)
	}
	for i := len(at) - 1; i >= 0; i-- {
		at[i] = min(at[i], lowest)
		lowest = at[i] - room
	}
	return at
}
