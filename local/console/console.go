// Package console shows progress: as bars on a terminal, as plain lines everywhere
// else (pipes, files, CI, NO_COLOR, a dumb terminal).
//
// It isn't a log. Lines that must not be lost are printed with Printf, above
// the bars.
package console

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// How often the display changes. A log of an hour with a line every five seconds can
// be read.
const (
	barsEvery  = 100 * time.Millisecond
	linesEvery = 5 * time.Second
)

// Bar is the progress of one thing. Note is printed behind it.
type Bar struct {
	Label       string
	Done, Total int64
	Note        string
}

// Console writes to one stream. It is safe for concurrent use.
type Console struct {
	mu    sync.Mutex
	out   io.Writer
	live  bool
	width func() int
	drawn int // lines of bars that stand at the end of the output
}

// New returns a console for a stream. Bars are drawn if it is a terminal that
// can, and the environment doesn't say otherwise.
func New(out *os.File, getenv func(string) string) *Console {
	live := term.IsTerminal(int(out.Fd())) && getenv("NO_COLOR") == "" && getenv("CI") == "" && getenv("TERM") != "dumb"
	return &Console{out: out, live: live, width: func() int {
		width, _, err := term.GetSize(int(out.Fd()))
		if err != nil || width <= 0 {
			return 80
		}
		return width
	}}
}

// Plain returns a console that writes lines only.
func Plain(out io.Writer) *Console { return &Console{out: out, width: func() int { return 80 }} }

// Write writes text above the bars, so that a console can be where a log goes.
// The text should be whole lines.
func (c *Console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
	return c.out.Write(p)
}

// Printf writes text above the bars, with a line break at its end.
func (c *Console) Printf(format string, args ...any) {
	fmt.Fprintf(c, format+"\n", args...)
}

// Follow shows what bars returns, over and over, until stop is called. stop shows it
// once more.
func (c *Console) Follow(bars func() []Bar) (stop func()) {
	every := linesEvery
	if c.live {
		every = barsEvery
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		last := ""
		for {
			select {
			case <-end:
				c.show(bars(), last)
				c.mu.Lock()
				c.drawn = 0 // the bars stay
				c.mu.Unlock()
				return
			case <-tick.C:
				last = c.show(bars(), last)
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(end)
		<-ended
	})
}

// show draws bars over those drawn before, or writes one line unless it equals last.
// It returns the line.
func (c *Console) show(bars []Bar, last string) string {
	if !c.live {
		text := line(bars)
		if text != "" && text != last {
			c.Printf("%s", text)
		}
		return text
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
	var b strings.Builder
	for _, bar := range bars {
		b.WriteString(draw(bar, c.width()))
		b.WriteByte('\n')
	}
	io.WriteString(c.out, b.String())
	c.drawn = len(bars)
	return ""
}

// erase removes the bars at the end of the output.
func (c *Console) erase() {
	if c.drawn > 0 {
		fmt.Fprintf(c.out, "\x1b[%dA\x1b[J", c.drawn)
		c.drawn = 0
	}
}

// draw is a bar as one line of a terminal.
func draw(b Bar, width int) string {
	const label, least = 10, 10
	text := fmt.Sprintf(" %s", figures(b))
	room := min(width-label-len([]rune(text))-3, 40)
	s := fmt.Sprintf("%-*s ", label, b.Label)
	if room >= least {
		full := 0
		if b.Total > 0 {
			full = int(float64(room) * float64(min(b.Done, b.Total)) / float64(b.Total))
		}
		s += strings.Repeat("█", full) + strings.Repeat("░", room-full)
	}
	r := []rune(s + text)
	return string(r[:min(len(r), max(width-1, 0))]) // a line that wraps can't be erased
}

func line(bars []Bar) string {
	var parts []string
	for _, b := range bars {
		parts = append(parts, b.Label+" "+figures(b))
	}
	return strings.Join(parts, " · ")
}

func figures(b Bar) string {
	s := Number(b.Done)
	if b.Total > 0 {
		s += " of " + Number(b.Total)
	}
	if b.Note != "" {
		s += ", " + b.Note
	}
	return s
}

// Number writes a number with commas between the thousands.
func Number(n int64) string { return message.NewPrinter(language.English).Sprint(number.Decimal(n)) }
