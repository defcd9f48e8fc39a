package page

import (
	"slices"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// Series are what the charts over time draw: the page's, which its script fits to the reader's window
// and zone, and the pictures of them. Times are in milliseconds since 1970.
type Series struct {
	Minutes    []MinutePoint `json:"minutes"` // those without votes too
	Hours      []HourPoint   `json:"hours"`   // the same
	Shares     []SharePoint  `json:"shares"`
	Candidates []person      `json:"candidates"` // by votes
	Lines      int           `json:"lines"`      // candidates that have one: the first
}

// MinutePoint is the votes of a minute.
type MinutePoint struct {
	At       int64            `json:"at"`
	Votes    int64            `json:"votes"`
	By       map[string]int64 `json:"candidates,omitempty"` // none where they aren't shown
	Complete bool             `json:"complete,omitempty"`   // and so are all before it
	Amended  *int64           `json:"amended,omitempty"`    // by how much, after it had been complete
}

// HourPoint is the votes of an hour.
type HourPoint struct {
	At       int64            `json:"at"`
	Votes    int64            `json:"votes"`
	By       map[string]int64 `json:"candidates,omitempty"`
	Complete bool             `json:"complete,omitempty"`
}

// SharePoint is the candidates' shares of all votes that are shown of those cast up to a time.
type SharePoint struct {
	At     int64              `json:"at"`
	Shares map[string]float64 `json:"shares"`
}

// person is a candidate with the shape and colour that the page has for them.
type person struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Short  string `json:"short"` // for a line: the family name of a person, who has a party
	Colour string `json:"colour"`
	Mark   int    `json:"mark"`
}

// Series is what the charts draw, as the page shows it in tables.
func (p content) Series() Series {
	s := Series{Minutes: p.minutePoints(), Hours: hourPoints(p.Hourly), Shares: p.sharePoints(), Candidates: []person{}, Lines: len(p.Cards)}
	for _, one := range append(slices.Clone(p.Cards), p.Others...) {
		s.Candidates = append(s.Candidates, person{one.ID, one.Name, short(one.Candidate), one.Colour, one.Mark})
	}
	return s
}

func (p content) minutePoints() []MinutePoint {
	list := make([]MinutePoint, 0, len(p.Minutes))
	for _, m := range p.Minutes {
		for at := m.Minute.UnixMilli(); len(list) > 0 && list[len(list)-1].At+minute < at; {
			list = append(list, MinutePoint{At: list[len(list)-1].At + minute})
		}
		list = append(list, MinutePoint{At: m.Minute.UnixMilli(), Votes: m.Votes, By: m.By, Complete: m.Complete})
	}
	complete := false
	for i := len(list) - 1; i >= 0; i-- {
		complete = complete || list[i].Complete
		list[i].Complete = complete
	}
	for _, a := range p.Amendments {
		at := a.WindowStart.UnixMilli()
		if i := slices.IndexFunc(list, func(m MinutePoint) bool { return m.At == at }); i >= 0 {
			sum := a.Change
			if before := list[i].Amended; before != nil {
				sum += *before
			}
			list[i].Amended = &sum
		}
	}
	return list
}

func hourPoints(hours []results.Hour) []HourPoint {
	list := make([]HourPoint, 0, len(hours))
	for _, h := range hours {
		for at := h.Hour.UnixMilli(); len(list) > 0 && list[len(list)-1].At+hour < at; {
			list = append(list, HourPoint{At: list[len(list)-1].At + hour, Complete: true})
		}
		list = append(list, HourPoint{h.Hour.UnixMilli(), h.Votes, h.By, h.Complete})
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
func (p content) sharePoints() []SharePoint {
	list, sums, all := []SharePoint{}, map[string]int64{}, int64(0)
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
		point := SharePoint{end.UnixMilli(), make(map[string]float64, len(p.Candidates))}
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
