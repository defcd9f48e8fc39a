package profile

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recorded is a profile whose waits are written down instead of waited for.
func recorded(t *testing.T, name string, seed uint64) (*Profile, *[]time.Duration) {
	t.Helper()
	var waits []time.Duration
	p, err := Parse(name, Options{Seed: seed, Sleep: func(ctx context.Context, d time.Duration) error {
		waits = append(waits, d)
		return ctx.Err()
	}})
	if err != nil {
		t.Fatal(err)
	}
	return p, &waits
}

// constants are the values of the string constants of operation.go, by their type.
func constants(t *testing.T) map[string][]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "operation.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			kind := v.Type.(*ast.Ident).Name
			found[kind] = append(found[kind], text)
		}
		return true
	})
	return found
}

// Each operation and rate of the code has figures and nothing else has; each figure has
// a source or says that it is an assumption.
func TestFigures(t *testing.T) {
	f := Cloud()
	var operations, scans, rates []string
	for op, figure := range f.Operations {
		operations = append(operations, string(op))
		if figure.What == "" || figure.P50 <= 0 || figure.P99 <= figure.P50 {
			t.Errorf("%s: want a text, and 0 < p50 < p99: %+v", op, figure)
		}
		based(t, string(op), figure.Basis)
	}
	for scan, figure := range f.Scans {
		scans = append(scans, string(scan))
		if figure.What == "" || figure.Time <= 0 {
			t.Errorf("%s: want a text, and a time: %+v", scan, figure)
		}
		based(t, string(scan), figure.Basis)
	}
	for rate, bound := range f.Rates {
		rates = append(rates, string(rate))
		if bound.What == "" || bound.Most <= 0 && bound.In <= 0 {
			t.Errorf("%s: want a text, and a number or a length of time: %+v", rate, bound)
		}
		based(t, string(rate), bound.Basis)
	}
	slices.Sort(operations)
	slices.Sort(scans)
	slices.Sort(rates)
	want := constants(t)
	for _, list := range want {
		slices.Sort(list)
	}
	if diff := cmp.Diff(want, map[string][]string{"Operation": operations, "Scan": scans, "Rate": rates}); diff != "" {
		t.Errorf("constants (-) and cloud.json (+):\n%s", diff)
	}
}

func based(t *testing.T, name string, b Basis) {
	t.Helper()
	if (b.Source == "") == (b.Assumption == "") {
		t.Errorf("%s: want a source or an assumption, and not both: %+v", name, b)
	}
}

// The draws of an operation are those of its distribution.
func TestDistribution(t *testing.T) {
	p, _ := recorded(t, "cloud", 1)
	const n = 10_000
	for _, op := range slices.Sorted(maps.Keys(Cloud().Operations)) {
		figure := Cloud().Operations[op]
		var fast, slow int
		for range n {
			switch d := p.Draw(op); {
			case d < time.Duration(figure.P50*float64(time.Millisecond)):
				fast++
			case d > time.Duration(figure.P99*float64(time.Millisecond)):
				slow++
			}
		}
		if fast < n*48/100 || fast > n*52/100 || slow < n*6/1000 || slow > n*14/1000 {
			t.Errorf("%s: %d of %d draws below the median, %d above the 99th percentile", op, fast, n, slow)
		}
	}
}

// A seed decides the times of each operation, whatever is drawn between them.
func TestSeed(t *testing.T) {
	draw := func(seed uint64, between bool) (times []time.Duration) {
		p, _ := recorded(t, "cloud", seed)
		for range 100 {
			times = append(times, p.Draw(BigQueryQuery))
			if between {
				p.Draw(PubSubPublish)
			}
		}
		return times
	}
	if diff := cmp.Diff(draw(7, false), draw(7, true)); diff != "" {
		t.Errorf("the same seed draws others:\n%s", diff)
	}
	if slices.Equal(draw(7, false), draw(8, false)) {
		t.Error("two seeds draw the same")
	}
}

// At a speed, waits and lengths of time are that many times as short.
func TestSpeed(t *testing.T) {
	p, waits := recorded(t, "cloud", 3)
	fast, fastWaits := recorded(t, "cloud/20", 3)
	for range 10 {
		if err := errors.Join(p.Wait(t.Context(), BigQueryDML), fast.Wait(t.Context(), BigQueryDML)); err != nil {
			t.Fatal(err)
		}
	}
	for i, d := range *waits {
		if (*fastWaits)[i] != d/20 {
			t.Errorf("wait %d takes %v, at 20 times the speed %v", i, d, (*fastWaits)[i])
		}
	}
	if got := fast.Within(RunPending); got != 500*time.Millisecond {
		t.Errorf("ten seconds take %v", got)
	}
	if p.String() != "cloud" || fast.String() != "cloud/20" {
		t.Errorf("names %q and %q", p, fast)
	}
	minute := fast.Virtual(time.Now()).Truncate(time.Minute)
	if got := fast.Real(minute.Add(time.Minute)).Sub(fast.Real(minute)); got != 3*time.Second {
		t.Errorf("a minute takes %v", got)
	}
	if now := time.Now(); !p.Virtual(now).Equal(now) || !p.Real(now).Equal(now) {
		t.Error("the cloud's time isn't this machine's")
	}
}

// What is read adds to what an operation takes, and a table of a larger project counts for
// as many rows as it has there.
func TestScan(t *testing.T) {
	p, waits := recorded(t, "cloud/2", 3)
	drawn, _ := recorded(t, "cloud/2", 3)
	for _, bytes := range []int64{0, 1 << 30, 5 << 30} {
		if err := p.WaitScan(t.Context(), BigQueryDML, BigQueryChange, bytes); err != nil {
			t.Fatal(err)
		}
		want := drawn.Draw(BigQueryDML) + time.Duration(bytes>>30)*1500*time.Millisecond/2
		if got := (*waits)[len(*waits)-1]; got != want {
			t.Errorf("reading %d bytes takes %v, want %v", bytes, got, want)
		}
	}
	large, err := Parse("cloud", Options{Rows: map[string]int64{"core.ballots": 1000}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		table      string
		rows, want int64
	}{{"core.ballots", 5, 1000}, {"core.ballots", 2000, 2000}, {"core.voters", 5, 5}} {
		if got := large.Rows(tt.table, tt.rows); got != tt.want {
			t.Errorf("%s with %d rows counts for %d, want %d", tt.table, tt.rows, got, tt.want)
		}
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	p, err := Parse("cloud", Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Wait(ctx, BigQueryDML); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := p.Until(ctx, time.Now().Add(time.Hour)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestNoProfile(t *testing.T) {
	p, err := Parse("", Options{})
	if p != nil || err != nil {
		t.Fatal(p, err)
	}
	if err := errors.Join(p.Wait(t.Context(), BigQueryDML), p.Until(t.Context(), time.Now().Add(time.Hour)),
		p.WaitScan(t.Context(), BigQueryDML, BigQueryChange, 1<<50)); err != nil {
		t.Error(err)
	}
	if p.Rows("core.ballots", 3) != 3 || p.Scan(BigQueryRead, 1<<50) != 0 {
		t.Error("no profile makes tables larger, or reading them longer")
	}
	if p.Draw(BigQueryDML) != 0 || p.Most(BigQueryDMLQueued) != 0 || p.Within(RunPending) != 0 || p.String() != "" || p.Scale(time.Second) != time.Second {
		t.Error("no profile takes time, bounds, or has a name")
	}
	for range 100 {
		if !p.Allow(BigQueryTableUpdates, "t") {
			t.Fatal("no profile refuses")
		}
	}
}

// Five in ten seconds, for each table.
func TestAllow(t *testing.T) {
	now := time.Now()
	p, err := Parse("cloud/10", Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	allowed := func(of string) (n int) {
		for range 10 {
			if p.Allow(BigQueryTableUpdates, of) {
				n++
			}
		}
		return n
	}
	for _, test := range []struct {
		of    string
		after time.Duration
		want  int
	}{{"t", 0, 5}, {"t", 999 * time.Millisecond, 0}, {"u", 0, 5}, {"t", time.Millisecond, 5}} {
		now = now.Add(test.after)
		if got := allowed(test.of); got != test.want {
			t.Errorf("%v later %s may change %d times, want %d", test.after, test.of, got, test.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, name := range []string{"aws", "cloud/", "cloud/0", "cloud/101", "cloud/fast", "cloud/NaN", "local/2"} {
		if _, err := Parse(name, Options{}); err == nil || !strings.Contains(err.Error(), strconv.Quote(name)) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
