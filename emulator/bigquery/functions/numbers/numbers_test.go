package numbers

import (
	"math"
	"testing"
)

func TestRoundFloat(t *testing.T) {
	for _, test := range []struct {
		x      float64
		digits int64
		want   float64
	}{{2.5, 0, 3}, {-2.5, 0, -3}, {2.345, 2, 2.35}, {1234.5, -2, 1200}, {1e300, 10, 1e300}, {5, 400, 5}, {5, -400, 0}} {
		if got := roundFloat(test.x, test.digits, math.Round, ""); got != test.want {
			t.Errorf("%g to %d digits is %g, want %g", test.x, test.digits, got, test.want)
		}
	}
	if got := roundFloat(math.NaN(), 1, math.Round, ""); !math.IsNaN(got) {
		t.Errorf("NaN rounds to %g", got)
	}
}

func TestScaleDecimal(t *testing.T) {
	for _, test := range []struct {
		s      string
		digits int64
		mode   string
		want   any
	}{
		{"2.345", 2, "", "2.350000000"}, {"-2.345", 2, "", "-2.350000000"}, {"-2.349", 2, "trunc", "-2.340000000"},
		{"1250", -2, "", "1300.000000000"}, {"1.5", 9, "", "1.5"}, {"7", -39, "", "0.000000000"},
		{"2.5", 0, "ROUND_HALF_EVEN", "2.000000000"}, {"3.5", 0, "ROUND_HALF_EVEN", "4.000000000"}, {"-2.1", 0, "floor", "-3.000000000"}, {"-2.9", 0, "ceil", "-2.000000000"},
	} {
		if got, err := scaleDecimal(test.s, test.digits, test.mode); err != nil || got != test.want {
			t.Errorf("%+v: %v, %v", test, got, err)
		}
	}
	if got, err := scaleDecimal("99999999999999999999999999999", -2, ""); err == nil {
		t.Errorf("a NUMERIC of 30 digits is %v", got)
	}
}

func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]any{" 1.5 ": "1.500000000", "1e2": "100.000000000", "-0.0000000005": "-0.000000001"} {
		if got, err := parseDecimal(text, 9, "NUMERIC"); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "x", "1/3", "0x1", "1e30", "1_0"} {
		if got, err := parseDecimal(bad, 9, "NUMERIC"); err == nil {
			t.Errorf("%q is %v", bad, got)
		}
	}
}
