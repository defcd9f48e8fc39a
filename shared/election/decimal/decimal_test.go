package decimal_test

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/election/decimal"
)

func TestWholeNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "-0.0": "0", "0e99": "0", "7": "7", "-7": "-7", "007": "7", "7.0": "7", "7.001e3": "7001", "7.001E+3": "7001", "700100e-2": "7001",
		"1e30": "1" + strings.Repeat("0", 30), "9007199254740993.0": "9007199254740993",
	} {
		d, ok := decimal.Parse(text)
		if !ok || !d.Whole() || d.String() != want || d.Len() < len(want) || d.Len() > len(want)+1 {
			t.Errorf("%s is %s with %d bytes, want %s", text, d, d.Len(), want)
		}
	}
	for _, text := range []string{"7001.5", "7e-1", "1e-99999999999", "0.1"} {
		if d, ok := decimal.Parse(text); !ok || d.Whole() {
			t.Errorf("%s: a number %t, whole %t; want one that isn't whole", text, ok, d.Whole())
		}
	}
	if d, ok := decimal.Parse("1e99999999999"); !ok || !d.Whole() || d.Len() <= 1<<20 {
		t.Errorf("1e99999999999 has %d digits", d.Len())
	}
}

func TestNoNumbers(t *testing.T) {
	for _, text := range []string{"", "-", "+7", "7.", ".7", "7e", "7e+", "7,0", "0x7", "７", "--7", "7 "} {
		if d, ok := decimal.Parse(text); ok {
			t.Errorf("%q is read as %s", text, d)
		}
	}
}

func TestShifted(t *testing.T) {
	for _, tt := range []struct {
		text  string
		shift int
		want  int64
		ok    bool
	}{
		{"1793698200.123456789", 6, 1793698200123456, true},
		{"1793698200123", -3, 1793698200, true},
		{"-12.9", 0, 12, true},
		{"5", -1, 0, true},
		{"1e17", 0, 100_000_000_000_000_000, true},
		{"1e18", 0, 0, false},
		{"1e99999999999", -6, 0, false},
		{"1e-99999999999", 6, 0, true},
	} {
		d, _ := decimal.Parse(tt.text)
		if got, ok := d.Shifted(tt.shift); got != tt.want || ok != tt.ok {
			t.Errorf("%s shifted by %d is %d, %t; want %d, %t", tt.text, tt.shift, got, ok, tt.want, tt.ok)
		}
	}
}
