package pubsub

import (
	"strings"
	"testing"
)

func TestParseFilter(t *testing.T) {
	attributes := map[string]string{"kind": "vote", "n": "3", "my key": `a"b`}
	for _, test := range []struct {
		filter string
		want   bool
	}{
		{`attributes:kind`, true},
		{`attributes:none`, false},
		{`attributes.kind = "vote"`, true},
		{`attributes.kind="voter"`, false},
		{`attributes.kind != "voter"`, true},
		{`attributes.none != "x"`, false},
		{`hasPrefix(attributes.kind, "vo")`, true},
		{`hasPrefix(attributes.none, "")`, false},
		{`NOT attributes:none`, true},
		{`-attributes:kind`, false},
		{`attributes:kind AND attributes.n = "4"`, false},
		{`attributes:kind AND attributes:n AND attributes.n = "3"`, true},
		{`attributes:none OR attributes:n`, true},
		{`attributes:none OR attributes:other`, false},
		{`NOT (attributes:none OR attributes:other) AND (attributes:n)`, true},
		{`attributes."my key" = "a\"b"`, true},
	} {
		f, err := parseFilter(test.filter)
		if err != nil {
			t.Errorf("%s: %v", test.filter, err)
			continue
		}
		if got := f(attributes); got != test.want {
			t.Errorf("%s = %t, want %t", test.filter, got, test.want)
		}
	}
}

func TestParseFilterErrors(t *testing.T) {
	for filter, want := range map[string]string{
		`foo`:                       `"foo"`,
		`attributes`:                `want a colon or a dot`,
		`attributes.a`:              `want = or !=`,
		`attributes.a = b`:          `double quotes`,
		`attributes.a = "b`:         `double quotes`,
		`attributes:a AND`:          `end of filter`,
		`attributes:a attributes:b`: `"attributes"`,
		`(attributes:a`:             `")"`,
		`attributes:a AND attributes:b OR attributes:c`: `can't be mixed`,
		`hasPrefix(attributes.a "b")`:                   `","`,
		strings.Repeat("-", 257):                        `257 bytes`,
	} {
		_, err := parseFilter(filter)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: error %v, want one that says %s", filter, err, want)
		}
	}
}

func TestWindow(t *testing.T) {
	w := newWindow(100)
	observe := func(n int, ok bool) int {
		size := 0
		for range n {
			size = w.observe(ok)
		}
		return size
	}
	for _, step := range []struct {
		n    int
		ok   bool
		want int
	}{
		{9, true, 10}, {1, true, 20}, {20, true, 40}, {40, true, 80}, {80, true, 100}, // doubles up to the limit
		{5, false, 100}, {95, true, 100}, // a few failures do nothing
		{100, false, 50}, {50, false, 25}, {25, false, 12}, {12, false, 10}, {10, false, 10}, // halves down to the least
		{10, true, 20},
	} {
		if got := observe(step.n, step.ok); got != step.want {
			t.Errorf("window after %d pushes with success %t: %d, want %d", step.n, step.ok, got, step.want)
		}
	}
	if size := newWindow(3).size; size != 3 {
		t.Errorf("window with a limit of 3 starts at %d", size)
	}
}

func TestFIFO(t *testing.T) {
	var f fifo[int]
	next := 0
	for i := range 10_000 {
		f.push(i)
		if i%3 == 0 {
			continue
		}
		if got := f.pop(); got != next {
			t.Fatalf("popped %d, want %d", got, next)
		}
		next++
	}
	if got := f.len(); got != 10_000-next {
		t.Errorf("len %d, want %d", got, 10_000-next)
	}
	for f.len() > 0 {
		if got := f.pop(); got != next {
			t.Fatalf("popped %d, want %d", got, next)
		}
		next++
	}
}
