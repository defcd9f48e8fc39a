package page

import "math"

// ExpectedRange says how many votes are still expected; nothing where there is no estimate. It
// writes two digits that count: the estimate tells no more.
func (p content) ExpectedRange() string {
	e := p.Totals.Expected
	if e == nil {
		return ""
	}
	return p.lang.Say("expected.range", "votes", p.lang.Integer(twoDigits(e.Votes, math.Round)),
		"low", p.lang.Integer(twoDigits(e.Low, math.Floor)), "high", p.lang.Integer(twoDigits(e.High, math.Ceil)))
}

// ExpectedNote says what the estimate is from, and how sure its range is.
func (p content) ExpectedNote() string {
	switch e := p.Totals.Expected; {
	case e == nil:
		return ""
	case e.Last && e.Pace:
		return p.lang.Say("expected.both", "name", p.Last.Name)
	case e.Last:
		return p.lang.Say("expected.last", "name", p.Last.Name)
	}
	return p.lang.Say("expected.pace")
}

// twoDigits rounds a number to its first two digits.
func twoDigits(n int64, round func(float64) float64) int64 {
	unit := int64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	return int64(round(float64(n)/float64(unit))) * unit
}
