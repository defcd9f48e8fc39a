package page

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/plot"
	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// TestSeries holds that charts have a point for each minute and hour between the first and the last, that no
// share is of a later time than has been read, and that minutes are complete up to the last that is.
func TestSeries(t *testing.T) {
	first := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
	watermark := first.Add(150 * time.Minute)
	at := func(d time.Duration) int64 { return first.Add(d).UnixMilli() }
	five, two := int64(5), int64(2)
	p := content{Document: &results.Document{
		Watermark:  &watermark,
		Candidates: []results.Candidate{{ID: "a", Name: "Ada Ott", Party: "Us"}, {ID: "b", Name: "Our List"}},
		Hourly: []results.Hour{
			{Hour: first, Votes: 4, Held: 4},
			{Hour: first.Add(time.Hour), Votes: 40, By: map[string]int64{"a": 30, "b": 10}, Complete: true},
			{Hour: first.Add(2 * time.Hour), Votes: 45, By: map[string]int64{"b": 40}},
		},
		Minutes:    []results.Minute{{Minute: first, Votes: 3}, {Minute: first.Add(time.Minute), Votes: 2, Complete: true}, {Minute: first.Add(4 * time.Minute), Votes: 1}},
		Amendments: []disclosure.Amendment{{WindowStart: first, Change: 3}, {WindowStart: first, Change: 2}, {WindowStart: first.Add(time.Minute), Change: 2}, {WindowStart: first.Add(time.Hour), Change: 9}},
	}}
	s := p.Series()
	minutes := []plot.MinutePoint{
		{At: at(0), Votes: 3, Complete: true, Amended: &five}, {At: at(time.Minute), Votes: 2, Complete: true, Amended: &two},
		{At: at(2 * time.Minute)}, {At: at(3 * time.Minute)}, {At: at(4 * time.Minute), Votes: 1},
	}
	if diff := cmp.Diff(minutes, s.Minutes); diff != "" {
		t.Errorf("minutes (-want +got):\n%s", diff)
	}
	shares := []plot.SharePoint{
		{At: at(2 * time.Hour), Shares: map[string]float64{"a": 0.75, "b": 0.25}},
		{At: watermark.UnixMilli(), Shares: map[string]float64{"a": 0.375, "b": 0.625}},
	}
	if diff := cmp.Diff(shares, s.Shares); diff != "" {
		t.Errorf("shares (-want +got):\n%s", diff)
	}
	p.Hourly = []results.Hour{p.Hourly[0], {Hour: first.Add(2 * time.Hour), Votes: 1}}
	hours := []plot.HourPoint{{At: at(0), Votes: 4}, {At: at(time.Hour), Complete: true}, {At: at(2 * time.Hour), Votes: 1}}
	if diff := cmp.Diff(hours, p.Series().Hours); diff != "" {
		t.Errorf("hours (-want +got):\n%s", diff)
	}
	// Where all minutes are shown by candidate from the first on, shares are by minute.
	for i := range p.Minutes {
		p.Minutes[i].By = map[string]int64{"a": 1}
	}
	if got := p.Series().Shares; len(got) != 3 || got[0].At != at(time.Minute) {
		t.Errorf("shares by minute: %+v", got)
	}
	if short(p.Candidates[0]) != "Ott" || short(p.Candidates[1]) != "Our List" {
		t.Errorf("lines are called %q and %q", short(p.Candidates[0]), short(p.Candidates[1]))
	}
}
