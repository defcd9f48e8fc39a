// Package certify records that a person certifies a result, or takes the
// certification back. It appends a row to analytics.certifications. The dashboard
// shows a certification as long as the result is the one that was certified.
package certify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/stores"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/shared/countstate"
)

// Word is one statement of a person about a result.
type Word struct {
	By   string // who
	Note string // why, or by what
	Undo bool   // takes a certification back
	// Incomplete certifies a result whose count isn't complete. The note has to say
	// why.
	Incomplete bool
}

// Longest texts, in bytes.
const (
	maxBy   = 200
	maxNote = 2000
)

// Check says what is wrong with a word, without knowing the result.
func (w Word) Check() error {
	var errs []error
	if w.By == "" || len(w.By) > maxBy {
		errs = append(errs, fmt.Errorf("the name of who certifies has %d bytes: give one of 1 to %d with --by", len(w.By), maxBy))
	}
	if len(w.Note) > maxNote {
		errs = append(errs, fmt.Errorf("the note has %d bytes, more than %d: shorten --note", len(w.Note), maxNote))
	}
	if w.Incomplete && w.Note == "" {
		errs = append(errs, errors.New("a count that isn't complete is certified with its reason only: give the reason with --note"))
	}
	if w.Incomplete && w.Undo {
		errs = append(errs, errors.New("a certification is taken back whether the count is complete or not: leave out --incomplete"))
	}
	return errors.Join(errs...)
}

// Outcome is what was recorded.
type Outcome struct {
	At       time.Time        `json:"certified_at"`
	Votes    int64            `json:"votes"`
	Result   map[string]int64 `json:"result"` // votes by candidate
	Standing results.Standing `json:"state"`  // before it
}

// ErrIncomplete marks a refusal: the count isn't complete.
var ErrIncomplete = errors.New("the count isn't complete")

const insertSQL = `
INSERT INTO analytics.certifications (election, certified, certified_by, remark, result, certified_at)
VALUES (@election, @certified, @by, NULLIF(@note, ''), @result, @at)`

// Record records a word about the result that the tables hold now. It returns
// ErrIncomplete if the count isn't complete and the word doesn't allow for that.
func Record(ctx context.Context, warehouse query.Warehouse, c results.Rules, w Word, now time.Time) (*Outcome, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	tables, err := look(ctx, warehouse, c)
	if err != nil {
		return nil, err
	}
	o := &Outcome{At: now.UTC().Truncate(time.Microsecond), Result: map[string]int64{}, Standing: c.Standing(tables, now)}
	for _, row := range tables.Candidates {
		o.Result[row.ID] += row.Votes
		o.Votes += row.Votes
	}
	switch decided := o.Standing.Name.Decided(); {
	case w.Undo && (tables.Certified == nil || !tables.Certified.Certified):
		return nil, errors.New("nobody has certified this result: there is nothing to take back")
	case !w.Undo && o.Standing.Is(countstate.Certified):
		return nil, fmt.Errorf("this very result is certified already, by %s", tables.Certified.By)
	case !w.Undo && !decided && !w.Incomplete && c.Election.Closes.IsZero():
		return nil, fmt.Errorf("%w, and never is: this election has no voting hours, or ELECTION_FILE isn't set: set it to the file that the functions count by, or certify what stands with --incomplete and a --note that says why", ErrIncomplete)
	case !w.Undo && !decided && !w.Incomplete:
		return nil, fmt.Errorf("%w (%s): wait, see to what keeps it, or certify what stands with --incomplete and a --note that says why", ErrIncomplete, o.Standing.Text)
	}
	result, err := json.Marshal(o.Result)
	if err != nil {
		return nil, fmt.Errorf("encode the result: %w", err)
	}
	if err := warehouse.Exec(ctx, insertSQL, query.Parameters{
		"election": c.Election.ID, "certified": !w.Undo, "by": w.By, "note": w.Note, "result": string(result), "at": o.At,
	}); err != nil {
		return nil, fmt.Errorf("record in analytics.certifications: %w", err)
	}
	return o, nil
}

// look reads what the tables hold now.
func look(ctx context.Context, w query.Warehouse, c results.Rules) (*snapshot.Snapshot, error) {
	if w.Postgres == nil {
		return stores.NewBigQuery(w.BigQuery, c.Election.ID, c.Topics).Snapshot(ctx)
	}
	store := stores.NewPostgres(w.Postgres, c.Election.ID, c.Topics, slog.New(slog.DiscardHandler))
	defer store.Close()
	return store.Snapshot(ctx)
}
