package filter

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
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
		f, err := Parse(test.filter)
		if err != nil {
			t.Errorf("%s: %v", test.filter, err)
			continue
		}
		if got := f(attributes); got != test.want {
			t.Errorf("%s = %t, want %t", test.filter, got, test.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
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
		_, err := Parse(filter)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: error %v, want one that says %s", filter, err, want)
		}
	}
}

// Whatever a filter says, parsing it ends, and what it accepts can be evaluated.
func FuzzParse(f *testing.F) {
	for _, s := range []string{``, `attributes:a`, `NOT attributes.a = "b\"" AND (-attributes:c)`, `hasPrefix(attributes."x y", "z")`, `"`, `a!=`, "\xff("} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) {
		if accepts, err := Parse(s); err == nil && accepts != nil {
			accepts(map[string]string{"a": "b"})
		}
	})
}
