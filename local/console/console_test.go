package console

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -999: "-999"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestLinesWhereNobodyLooks(t *testing.T) {
	var out bytes.Buffer
	c := Plain(&out)
	stop := c.Follow(func() []Bar {
		return []Bar{{Label: "votes", Done: 1200, Total: 5000, Note: "300/s"}, {Label: "counted", Done: 7}}
	})
	c.Printf("a line")
	stop()
	stop() // once is enough, twice does no harm
	if got, want := out.String(), "a line\nvotes 1,200 of 5,000, 300/s · counted 7\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBarsAreDrawnOver(t *testing.T) {
	var out bytes.Buffer
	c := &Console{out: &out, live: true, width: func() int { return 60 }}
	bars := []Bar{{Label: "votes", Done: 1, Total: 2}, {Label: "counted", Done: 5, Total: 2}}
	c.show(bars, "")
	c.Printf("a line")
	c.show(bars, "")
	c.show(bars, "")
	got := out.String()
	if n := strings.Count(got, "\x1b[2A\x1b[J"); n != 2 {
		t.Errorf("%d erasures of two lines, want 2: before the line and before the last drawing\n%q", n, got)
	}
	for _, l := range strings.Split(got, "\n") {
		if n := len([]rune(strings.TrimPrefix(l, "\x1b[2A\x1b[J"))); n >= 60 {
			t.Errorf("a line of %d characters on a terminal of 60: %q", n, l)
		}
	}
}

func TestBarFitsANarrowTerminal(t *testing.T) {
	for width := range 100 {
		got := draw(Bar{Label: "votes", Done: 1_000_000, Total: 2_000_000, Note: "20,000/s"}, width)
		if n := len([]rune(got)); n >= max(width, 1) {
			t.Errorf("%d characters on a terminal of %d: %q", n, width, got)
		}
	}
}

func TestFilesGetLines(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if New(f, func(string) string { return "" }).live {
		t.Error("bars would be drawn into a file")
	}
}
