package times

import (
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// week is what a text says of a day by its week: %U or %W, the number of the week in its year, which begins on a Sunday or
// a Monday; or %G and %V, the year and the number of ISO 8601. A number is -1 where the text has none.
type week struct {
	number       int
	from         time.Weekday
	isoYear, iso int
	weekday      int
}

var noWeek = week{number: -1, isoYear: -1, iso: -1, weekday: -1}

// day is the day, if there is one: of a week without a weekday, its first. A weekday or %V alone say nothing.
func (w week) day(year int) (day time.Time, found bool, err error) {
	switch {
	case w.isoYear >= 0:
		fourth := time.Date(w.isoYear, 1, 4, 0, 0, 0, 0, time.UTC) // is in the first week
		monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7)
		day = monday.AddDate(0, 0, 7*(max(w.iso, 1)-1))
		if in, _ := day.ISOWeek(); in != w.isoYear {
			return day, false, function.Errorf("no such week")
		}
		return day.AddDate(0, 0, after(time.Monday, w.weekday)), true, nil
	case w.number >= 0:
		first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		first = first.AddDate(0, 0, (int(w.from)-int(first.Weekday())+7)%7) // begins week 1
		day = first.AddDate(0, 0, 7*(w.number-1))
		if day.Year() > year {
			return day, false, function.Errorf("no such week")
		}
		return day.AddDate(0, 0, after(w.from, w.weekday)), true, nil
	}
	return day, false, nil
}

// after is how many days a weekday, or none, is behind another.
func after(from time.Weekday, weekday int) int {
	if weekday < 0 {
		return 0
	}
	return (weekday - int(from) + 7) % 7
}
