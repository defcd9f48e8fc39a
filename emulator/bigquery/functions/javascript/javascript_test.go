package javascript

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// definition is a function of an INT64.
func definition(t *testing.T, body string) *program {
	t.Helper()
	integer := types.ToStandard(types.Of(types.Int64))
	text, err := json.Marshal(wireDefinition{Name: "f", Arguments: []wireField{{"x", integer, "INT64"}}, Type: integer, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	p, err := compiled(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A call that doesn't end, or takes ever more memory, is interrupted, and the next one isn't.
func TestLimits(t *testing.T) {
	defer func(d time.Duration, n uint64) { maxTime, maxHeap = d, n }(maxTime, maxHeap)
	maxTime = 200 * time.Millisecond
	_, err := definition(t, "while (true) {}").call("[1]")
	if want := "Resources exceeded during query execution: UDF timed out; in the function f(INT64)"; err == nil || err.Error() != want {
		t.Errorf("a call that doesn't end: %v", err)
	}
	maxTime, maxHeap = time.Hour, 50<<20
	_, err = definition(t, "let a = []; while (true) { a.push('x' + a.length); }").call("[1]")
	if err == nil || !strings.Contains(err.Error(), "UDF out of memory") {
		t.Errorf("a call that takes ever more memory: %v", err)
	}
	if got, err := definition(t, "return x + 1").call("[1]"); err != nil || got != "2" {
		t.Errorf("the call after them: %v, %v", got, err)
	}
}

// Calls run at the same time, each on a machine of its own.
func TestConcurrentCalls(t *testing.T) {
	p := definition(t, "globalThis.last = x; for (let i = 0; i < 1000; i++) { if (globalThis.last !== x) { throw 'another call' } } return x;")
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			for range 50 {
				if got, err := p.call("[7]"); err != nil || got != "7" {
					t.Errorf("%v, %v", got, err)
				}
			}
		})
	}
	calls.Wait()
}
