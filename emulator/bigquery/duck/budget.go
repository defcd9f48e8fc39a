package duck

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"sync/atomic"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// Budget bounds the memory of rows that are read out of DuckDB, whose own limit counts neither its results nor what they
// become here. All reads under way share it. Nil bounds nothing.
type Budget struct {
	limit int64 // bytes of rows
	used  atomic.Int64
	guard guard
}

// NewBudget is one of so many bytes, where DuckDB may take so many others.
func NewBudget(limit, duckdb int64) *Budget {
	return &Budget{limit: limit, guard: guard{limit: resident() + limit + duckdb + slack, running: map[*watched]bool{}}}
}

// slack is what the rest of the process may grow by.
const slack = 256 << 20

// share is what one read has of a budget.
type share struct {
	of   *Budget
	used int64
}

// take adds bytes to the share. Its error is BigQuery's of a result that is too large.
func (s *share) take(bytes int64) error {
	if s.of == nil {
		return nil
	}
	s.used += bytes
	if s.of.used.Add(bytes) <= s.of.limit {
		return nil
	}
	return s.of.tooLarge()
}

func (b *Budget) tooLarge() error {
	return &bqerror.Error{Code: http.StatusForbidden, Reason: "responseTooLarge", Message: fmt.Sprintf(
		"Response too large to return: results are held in memory, those under way in at most %d MiB. Ask for fewer rows or columns, or start the emulator with a larger -memory",
		b.limit>>20)}
}

// release gives the share back. After a read that was too large the memory goes back to the
// machine at once, not as the collector gets to it.
func (s *share) release(failed bool) {
	if s.of == nil {
		return
	}
	s.of.used.Add(-s.used)
	if failed && s.used > s.of.limit/8 {
		go debug.FreeOSMemory()
	}
}
