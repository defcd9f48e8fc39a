package page

import (
	"math"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

func TestExpected(t *testing.T) {
	p := content{Document: &results.Document{Last: &results.Last{Name: "2022"}}, lang: text.English}
	if p.ExpectedRange() != "" || p.ExpectedNote() != "" {
		t.Errorf("without an estimate it says %q and %q", p.ExpectedRange(), p.ExpectedNote())
	}
	p.Totals.Expected = &results.Expected{Votes: 12_345, Low: 8_999, High: 17_001, Level: 0.9, Last: true, Pace: true}
	if got, want := p.ExpectedRange(), "about 12,000 (8,900 to 18,000)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for n, want := range map[int64]int64{0: 0, 99: 99, 100: 100, 101: 110, 12_001: 13_000} {
		if got := twoDigits(n, math.Ceil); got != want {
			t.Errorf("%d is %d in two digits, want %d", n, got, want)
		}
	}
}
