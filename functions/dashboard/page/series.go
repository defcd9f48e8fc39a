package page

import (
	"slices"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/plot"
	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// Series is what the charts draw, as the page shows it in tables.
func (p content) Series() plot.Series {
	s := plot.Series{Minutes: p.minutePoints(), Hours: hourPoints(p.Hourly), Shares: p.sharePoints(), Candidates: []plot.Candidate{}, Lines: len(p.Cards)}
	for _, one := range append(slices.Clone(p.Cards), p.Others...) {
		s.Candidates = append(s.Candidates, plot.Candidate{ID: one.ID, Name: one.Name, Short: short(one.Candidate), Colour: one.Colour, Mark: one.Mark})
	}
	return s
}

// Charts are the charts over time.
func (p content) Charts() plot.Charts { return plot.Draw(p.Series(), p.lang) }

func (p content) minutePoints() []plot.MinutePoint {
	list := make([]plot.MinutePoint, 0, len(p.Minutes))
	for _, m := range p.Minutes {
		for at := m.Minute.UnixMilli(); len(list) > 0 && list[len(list)-1].At+minute < at; {
			list = append(list, plot.MinutePoint{At: list[len(list)-1].At + minute})
		}
		list = append(list, plot.MinutePoint{At: m.Minute.UnixMilli(), Votes: m.Votes, By: m.By, Complete: m.Complete})
	}
	complete := false
	for i := len(list) - 1; i >= 0; i-- {
		complete = complete || list[i].Complete
		list[i].Complete = complete
	}
	for _, a := range p.Amendments {
		at := a.WindowStart.UnixMilli()
		if i := slices.IndexFunc(list, func(m plot.MinutePoint) bool { return m.At == at }); i >= 0 {
			sum := a.Change
			if before := list[i].Amended; before != nil {
				sum += *before
			}
			list[i].Amended = &sum
		}
	}
	return list
}

func hourPoints(hours []results.Hour) []plot.HourPoint {
	list := make([]plot.HourPoint, 0, len(hours))
	for _, h := range hours {
		for at := h.Hour.UnixMilli(); len(list) > 0 && list[len(list)-1].At+hour < at; {
			list = append(list, plot.HourPoint{At: list[len(list)-1].At + hour, Complete: true})
		}
		list = append(list, plot.HourPoint{At: h.Hour.UnixMilli(), Votes: h.Votes, By: h.By, Complete: h.Complete})
	}
	return list
}

// Lengths of windows, in milliseconds.
const (
	minute = int64(time.Minute / time.Millisecond)
	hour   = int64(time.Hour / time.Millisecond)
)

// sharePoints adds the votes by candidate up: by minute where minutes are shown by candidate and
// reach back to the first hour, else by hour. The last point is no later than what has been read.
func (p content) sharePoints() []plot.SharePoint {
	list, sums, all := []plot.SharePoint{}, map[string]int64{}, int64(0)
	add := func(start time.Time, length time.Duration, by map[string]int64) {
		for id, votes := range by {
			sums[id] += votes
			all += votes
		}
		if all == 0 {
			return
		}
		end := start.Add(length)
		if p.Watermark != nil && p.Watermark.Before(end) {
			end = *p.Watermark
			if end.Before(start) {
				end = start
			}
		}
		point := plot.SharePoint{At: end.UnixMilli(), Shares: make(map[string]float64, len(p.Candidates))}
		for _, c := range p.Candidates {
			point.Shares[c.ID] = float64(sums[c.ID]) / float64(all)
		}
		list = append(list, point)
	}
	if p.minutesFromTheFirst() {
		for _, m := range p.Minutes {
			add(m.Minute, time.Minute, m.By)
		}
		return list
	}
	for _, h := range p.Hourly {
		add(h.Hour, time.Hour, h.By)
	}
	return list
}

// minutesFromTheFirst reports whether minutes are shown by candidate and reach back to the first hour.
func (p content) minutesFromTheFirst() bool {
	return len(p.Minutes) > 0 && len(p.Hourly) > 0 && p.Minutes[0].Minute.Sub(p.Hourly[0].Hour) < time.Hour &&
		!slices.ContainsFunc(p.Minutes, func(m results.Minute) bool { return m.By == nil })
}
