package profile

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// tables are the figures as docs/cloud-profile.md has them.
func tables() string {
	f := Cloud()
	var b strings.Builder
	b.WriteString("| operation | what it is | p50 | p99 | from |\n|---|---|--:|--:|---|\n")
	for _, op := range slices.Sorted(maps.Keys(f.Operations)) {
		t := f.Operations[op]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", op, t.What, milliseconds(t.P50), milliseconds(t.P99), from(t.Basis))
	}
	b.WriteString("\n| each GiB that is read by | takes longer | from |\n|---|--:|---|\n")
	for _, scan := range slices.Sorted(maps.Keys(f.Scans)) {
		figure := f.Scans[scan]
		fmt.Fprintf(&b, "| %s (`%s`) | %s | %s |\n", figure.What, scan, milliseconds(figure.Time), from(figure.Basis))
	}
	b.WriteString("\n| bound | what it is | | from |\n|---|---|--:|---|\n")
	for _, rate := range slices.Sorted(maps.Keys(f.Rates)) {
		bound := f.Rates[rate]
		var value []string
		if bound.Most > 0 {
			value = append(value, fmt.Sprint(bound.Most))
		}
		if bound.In > 0 {
			value = append(value, milliseconds(bound.In))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", rate, bound.What, strings.Join(value, " in "), from(bound.Basis))
	}
	return b.String()
}

func milliseconds(ms float64) string {
	if ms >= 1000 {
		return strings.Replace(time.Duration(ms*float64(time.Millisecond)).String(), "m0s", "m", 1)
	}
	return fmt.Sprintf("%g ms", ms)
}

func from(b Basis) string {
	if b.Assumption != "" {
		return "**assumption**: " + b.Assumption
	}
	return b.Source
}

// The documentation has every figure, and no other.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/cloud-profile.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), tables()) {
		t.Errorf("docs/cloud-profile.md lacks these tables of cloud.json:\n%s", tables())
	}
}
