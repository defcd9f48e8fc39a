package plot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/text"
)

var morning = time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)

// seriesOf are so many minutes and hours from 08:00 on, all but the last complete.
func seriesOf(count int) Series {
	two := int64(2)
	s := Series{Candidates: []Candidate{{ID: "a", Short: "Ott", Colour: "#111111"}, {ID: "b", Short: "Our List", Colour: "#222222", Mark: 1}}, Lines: 2}
	for i := range count {
		complete, votes := i < count-1, int64(10*i)
		s.Minutes = append(s.Minutes, MinutePoint{At: morning.Add(time.Duration(i) * time.Minute).UnixMilli(), Votes: votes, Complete: complete})
		s.Hours = append(s.Hours, HourPoint{At: morning.Add(time.Duration(i) * time.Hour).UnixMilli(), Votes: votes, By: map[string]int64{"a": votes / 2}, Complete: complete})
		s.Shares = append(s.Shares, SharePoint{At: morning.Add(time.Duration(i+1) * time.Hour).UnixMilli(), Shares: map[string]float64{"a": 0.75, "b": 0.25}})
	}
	s.Minutes[1].Amended = &two
	return s
}

func TestDraw(t *testing.T) {
	c := Draw(seriesOf(4), text.English)
	for _, tc := range []struct{ name, got, want string }{
		{"the view of minutes", c.Minutes.View, "480 -30 3 30"},
		{"complete minutes", c.Minutes.Edge, "M480 0,481 -10,482 -20"},
		{"the area below them", c.Minutes.Area, "M480 0,481 -10,482 -20,482 0,480 0z"},
		{"the others", c.Minutes.Open, "M482 -20,483 -30"},
		{"amended minutes", strings.Join(c.Minutes.Late, " "), "33.33%"},
		{"the busiest", fmt.Sprint(c.Minutes.Peak.X, c.Minutes.Peak.Y, c.Minutes.Peak.Anchor), "100%0%end"},
		{"what is said of it", c.Minutes.Peak.Before + "–" + c.Minutes.Peak.After, "Busiest here: –, 30 votes"},
		{"what is said of minutes", c.Minutes.Summary, "Votes per minute from 08:00 to 08:03 UTC. Busiest of these minutes: 08:03 with 30 votes. Last complete minute: 20 votes."},
		{"the view of hours", c.Hours.View, "8 -30 4 30"},
		{"the columns of complete hours", c.Hours.Parts[0].Complete, "M9.11 0v-5h0.78V0zM10.11 0v-10h0.78V0z"},
		{"the column of another", c.Hours.Parts[0].Open, "M11.11 0v-15h0.78V0z"},
		{"what isn't shown by candidate", c.Hours.Rest, "M9.11 -5v-5h0.78V-5zM10.11 -10v-10h0.78V-10zM11.11 -15v-15h0.78V-15z"},
		{"the view of shares", c.Shares.View, "540 -800 180 800"},
		{"the line of the first, above the others", c.Shares.Lines[1].Path, "M540 -750,600 -750,660 -750,720 -750"},
		{"where it ends", c.Shares.Ends[0].Y + " " + c.Shares.Ends[0].Share, "6.25% 75.0%"},
	} {
		if diff := cmp.Diff(tc.want, tc.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	if len(c.Hours.Parts) != 1 {
		t.Errorf("%d candidates have columns, want the one who has votes", len(c.Hours.Parts))
	}
	if c := Draw(Series{}, text.English); c != (Charts{}) {
		t.Errorf("of nothing there are charts: %+v", c)
	}
}

// TestPathsGrow holds that what is drawn of complete minutes stays when minutes come and go: of a page
// that grows, readers get what is new.
func TestPathsGrow(t *testing.T) {
	before, after := seriesOf(30), seriesOf(31)
	after.Minutes = after.Minutes[1:]
	edge, longer := Draw(before, text.English).Minutes.Edge, Draw(after, text.English).Minutes.Edge
	_, kept, _ := strings.Cut(edge, ",")
	if !strings.HasPrefix(longer, "M"+kept) {
		t.Errorf("a minute later the path isn't what was there and a point more:\n%s\n%s", edge, longer)
	}
}

// TestNamesOfTimes holds that names don't touch: there are few where there is little room, and days have the room of two.
func TestNamesOfTimes(t *testing.T) {
	for _, tc := range []struct {
		hours        int
		wide, narrow string
	}{
		{4, "08:00 09:00 10:00 11:00", "08:00 09:00 10:00 11:00"},
		{12, "08:00 10:00 12:00 14:00 16:00 18:00", "08:00 12:00 16:00"},
		{36, "3 Nov, 12:00 4 Nov, 00:00 4 Nov, 12:00", "4 Nov, 00:00"},
		{24 * 9, "5 Nov, 00:00 7 Nov, 00:00 9 Nov, 00:00 11 Nov, 00:00", "5 Nov, 00:00 9 Nov, 00:00"},
	} {
		var wide, narrow []string
		for _, at := range Draw(seriesOf(tc.hours), text.English).Hours.Times {
			wide = append(wide, at.Text)
			if at.Sparse {
				narrow = append(narrow, at.Text)
			}
		}
		if got := strings.Join(wide, " "); got != tc.wide {
			t.Errorf("%d hours are named %s, want %s", tc.hours, got, tc.wide)
		}
		if got := strings.Join(narrow, " "); got != tc.narrow {
			t.Errorf("where there is little room, %d hours are named %s, want %s", tc.hours, got, tc.narrow)
		}
	}
}
