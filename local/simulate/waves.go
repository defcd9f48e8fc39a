package simulate

import (
	"math"
	"time"
)

// waves are the hours of a voting day: people come before work, at noon and
// after work, and a few at any time.
var waves = func() wheel {
	peaks := []struct{ hour, width, height float64 }{
		{8.0, 0.9, 1.00},
		{12.3, 0.9, 0.65},
		{17.6, 1.3, 1.15},
	}
	weights := make([]float64, (pollsClose-pollsOpen)*60)
	for minute := range weights {
		hour := pollsOpen + float64(minute)/60
		weights[minute] = 0.25
		for _, p := range peaks {
			x := (hour - p.hour) / p.width
			weights[minute] += p.height * math.Exp(-x*x/2)
		}
	}
	return newWheel(coarse, weights)
}()

// votedAt draws the moment of a vote in the region, in whole microseconds.
func (g *region) votedAt(d *draws) time.Time {
	minutes := float64(waves.draw(d)) + d.unit()
	share := minutes / float64((pollsClose-pollsOpen)*60)
	return g.opens.Add(time.Duration(share * float64(g.hours))).Truncate(time.Microsecond)
}
