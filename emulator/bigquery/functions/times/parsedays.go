package times

import (
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// days are what a text says of a day: by its month, by its day in the year, by %U or %W, the number of the week in its year,
// which begins on a Sunday or a Monday, or by the week and the day of ISO 8601. What the text hasn't is -1, and so is where it
// stands: the place of the element in the format.
type days struct {
	year, month, day         int
	yearAt, monthAt, dayAt   int
	ofMonth                  bool // whether an element isn't of ISO 8601
	yearDay, yearDayAt       int
	week, weekAt             int
	from                     time.Weekday
	isoYear, iso, isoAt      int
	isoYearDay, isoYearDayAt int
	weekday                  int
	at                       int // of the element that is read
}

var noDays = days{
	year: 1970, month: 1, day: 1, yearAt: -1, monthAt: -1, dayAt: -1, yearDay: -1, yearDayAt: -1, week: -1, weekAt: -1,
	isoYear: -1, iso: -1, isoAt: -1, isoYearDay: -1, isoYearDayAt: -1, weekday: -1,
}

// resolve is the day. Elements of ISO 8601 count without others only, and by their year. Of the others, what stands further to
// the right counts. A weekday counts by a week.
func (d *days) resolve() (year, month, day int, err error) {
	if !d.ofMonth && d.isoYear >= 0 {
		t, err := d.isoDay()
		return t.Year(), int(t.Month()), t.Day(), err
	}
	year, month, day = d.year, d.month, d.day
	var t time.Time
	at := d.weekAt
	switch byYearDay := d.yearDay >= 0 && (d.yearDayAt > d.weekAt || d.weekday < 0); {
	case byYearDay:
		at = d.yearDayAt
		if t = time.Date(d.year, 1, d.yearDay, 0, 0, 0, 0, time.UTC); t.Year() != d.year {
			return 0, 0, 0, function.Errorf("no such day")
		}
	case d.week >= 0:
		first := time.Date(d.year, 1, 1, 0, 0, 0, 0, time.UTC)
		first = first.AddDate(0, 0, (int(d.from)-int(first.Weekday())+7)%7) // begins week 1
		t = first.AddDate(0, 0, 7*(d.week-1))
		if t.Year() > d.year || d.week == 0 && first.YearDay() == 1 {
			return 0, 0, 0, function.Errorf("no such week")
		}
		t = t.AddDate(0, 0, after(d.from, d.weekday))
	default:
		return year, month, day, nil
	}
	if d.yearAt < at {
		year = t.Year()
	}
	if d.monthAt < at {
		month = int(t.Month())
	}
	if d.dayAt < at {
		day = t.Day()
	}
	return year, month, day, nil
}

// isoDay is the day by the year of ISO 8601: of a week without a weekday, its first.
func (d *days) isoDay() (time.Time, error) {
	fourth := time.Date(d.isoYear, 1, 4, 0, 0, 0, 0, time.UTC) // is in the first week
	t := fourth.AddDate(0, 0, -sinceMonday(fourth))
	switch {
	case d.isoYearDay >= 0 && (d.isoYearDayAt > d.isoAt || d.weekday < 0):
		t = t.AddDate(0, 0, d.isoYearDay-1)
	case d.iso >= 0:
		t = t.AddDate(0, 0, 7*(d.iso-1)+after(time.Monday, d.weekday))
	}
	if in, _ := t.ISOWeek(); in != d.isoYear {
		return t, function.Errorf("no such day")
	}
	return t, nil
}

// after is how many days a weekday, or none, is behind another.
func after(from time.Weekday, weekday int) int {
	if weekday < 0 {
		return 0
	}
	return (weekday - int(from) + 7) % 7
}

// composed reads an element that is made of others, which may have blanks before them. A weekday in it says nothing.
func (p *parser) composed(e byte, format, kind string) error {
	at, weekday := p.days.at, p.days.weekday
	p.spaced = e != 'r'
	err := p.format(format, kind)
	d := &p.days
	d.at, d.weekday = at, weekday
	if strings.IndexByte("cDFx", e) >= 0 {
		d.yearAt, d.monthAt, d.dayAt = at, at, at
	}
	return err
}

// dayElement reads an element of a day, if it is one. A year has a digit more where no element follows at once.
func (p *parser) dayElement(e byte, last bool) (handled bool, err error) {
	d := &p.days
	more := 0
	if last {
		more = 1
	}
	switch e {
	case 'Y', 'y', 'C':
		d.yearAt, d.ofMonth = d.at, true
	case 'm', 'B', 'b', 'h':
		d.monthAt, d.ofMonth = d.at, true
	case 'd', 'e':
		d.dayAt, d.ofMonth = d.at, true
	case 'Q':
		d.monthAt, d.dayAt, d.ofMonth = d.at, d.at, true
	case 's', 'j', 'U', 'W':
		d.ofMonth = true
	}
	switch e {
	case 'Y':
		p.century, p.inCentury = -1, -1
		return true, p.number(&d.year, 4+more, 0, 9999+more)
	case 'y':
		err = p.number(&d.year, 2, 0, 99)
		p.inCentury = d.year
		d.year = inCenturies(d.year)
	case 'C':
		err = p.number(&p.century, 2+more, 0, 99+more)
	case 'm':
		err = p.number(&d.month, 2, 1, 12)
	case 'B', 'b', 'h':
		err = p.name(&d.month, 12, func(i int) string { return time.Month(i + 1).String() })
		d.month++
	case 'd', 'e':
		err = p.number(&d.day, 2, 1, 31)
	case 'Q':
		quarter := 0
		err = p.number(&quarter, 1, 1, 4)
		d.month, d.day = quarter*3-2, 1
	default:
		return p.weekElement(e)
	}
	return true, err
}

// weekElement reads an element of a day by its week or its year, if it is one.
func (p *parser) weekElement(e byte) (handled bool, err error) {
	d := &p.days
	switch e {
	case 'j':
		d.yearDayAt = d.at
		err = p.number(&d.yearDay, 3, 1, 366)
	case 'J':
		d.isoYearDayAt = d.at
		err = p.number(&d.isoYearDay, 3, 1, 371)
	case 'A', 'a':
		err = p.name(&d.weekday, 7, func(i int) string { return time.Weekday(i).String() })
	case 'u':
		err = p.number(&d.weekday, 1, 1, 7)
		d.weekday %= 7
	case 'w':
		err = p.number(&d.weekday, 1, 0, 6)
	case 'U', 'W':
		d.from, d.weekAt = map[byte]time.Weekday{'U': time.Sunday, 'W': time.Monday}[e], d.at
		err = p.number(&d.week, 2, 0, 53)
	case 'V':
		d.isoAt = d.at
		err = p.number(&d.iso, 2, 1, 53)
	case 'G':
		err = p.number(&d.isoYear, 5, 0, 99999)
	case 'g':
		err = p.number(&d.isoYear, 2, 0, 99)
		d.isoYear = inCenturies(d.isoYear)
	default:
		return false, nil
	}
	return true, err
}

// inCenturies is the year of two digits: from 1969 to 2068.
func inCenturies(year int) int {
	if year < 69 {
		return 2000 + year
	}
	return 1900 + year
}
