package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/local/query"
)

// Account accounts for a number of records, as the API does.
type Account struct {
	Records   int64 `json:"records"`
	Accepted  int64 `json:"accepted"`
	Duplicate int64 `json:"duplicate"`
	Rejected  int64 `json:"rejected"`
	Pending   int64 `json:"pending"`
	Gaps      int64 `json:"gaps"`
	Balanced  bool  `json:"balanced"`
}

// Results is the part of GET /api/v1/results that the local parts read.
type Results struct {
	Status string `json:"status"`
	State  struct {
		Text      string     `json:"text"`
		Unread    int64      `json:"unread"`     // offsets that Kafka holds and that aren't read
		Unsettled int64      `json:"unsettled"`  // offsets that were read and aren't counted
		CheckedAt *time.Time `json:"checked_at"` // nil until the bridge has reported every partition
	} `json:"state"`
	AsOf  *time.Time `json:"as_of"`
	Books struct {
		Account
		Topics map[string]struct {
			Account
			Partitions []struct {
				Partition  int32  `json:"partition"`
				TopicID    string `json:"topic_id"`
				NextOffset int64  `json:"next_offset"`
				ReadOffset int64  `json:"read_offset"`
			} `json:"partitions"`
		} `json:"topics"`
	} `json:"books"`
}

// Offsets are next offsets by topic and partition: the offset after the last
// record that is settled, or that exists.
type Offsets map[string]map[int32]int64

// Settled are the offsets up to which passes have settled the partitions.
func (r *Results) Settled() Offsets {
	return r.offsets(func(settled, _ int64) int64 { return settled })
}

// Read are the offsets up to which the figures have the partitions, settled or not.
func (r *Results) Read() Offsets {
	return r.offsets(func(_, read int64) int64 { return read })
}

func (r *Results) offsets(of func(settled, read int64) int64) Offsets {
	all := Offsets{}
	for topic, t := range r.Books.Topics {
		all[topic] = map[int32]int64{}
		for _, p := range t.Partitions {
			// Of a topic that was created again, the last one counts.
			all[topic][p.Partition] = of(p.NextOffset, p.ReadOffset)
		}
	}
	return all
}

// Missing names the partitions that don't reach end, and counts the offsets that
// are missing. The text is empty if none is.
func (o Offsets) Missing(end Offsets) (text string, records int64) {
	var parts []string
	for topic, partitions := range end {
		for p, want := range partitions {
			if got := o[topic][p]; got < want {
				parts = append(parts, fmt.Sprintf("%s/%d at offset %d of %d", topic, p, got, want))
				records += want - got
			}
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", "), records
}

// Watcher polls the results, as a viewer's page does.
type Watcher struct {
	system *System
	etag   string
	last   *Results
}

// Watch returns a watcher that hasn't polled yet.
func (s *System) Watch() *Watcher { return &Watcher{system: s} }

// Poll gets the results, and whether they have changed since the last poll.
func (w *Watcher) Poll(ctx context.Context) (*Results, bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.system.URL()+"/api/v1/results", nil)
	if err != nil {
		return nil, false, err
	}
	if w.etag != "" {
		req.Header.Set("If-None-Match", w.etag)
	}
	resp, err := w.system.client.Do(req)
	if err != nil {
		return nil, false, fmt.Errorf("read the results: %w", err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusNotModified:
		return w.last, false, nil
	case http.StatusOK:
	default:
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 500))
		return nil, false, fmt.Errorf("read the results: %s: %s", resp.Status, strings.TrimSpace(string(text)))
	}
	var r Results
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		return nil, false, fmt.Errorf("read the results: %w", err)
	}
	w.etag, w.last = resp.Header.Get("ETag"), &r
	return &r, true, nil
}

// Patience is how long a caller waits while the count doesn't move. A pass over a long
// backlog on a slow machine takes less.
const Patience = 5 * time.Minute

// AwaitStatus polls until the results have a status, and returns them. It gives up
// after patience, or at the end of ctx, with an error that says what the status was.
func (s *System) AwaitStatus(ctx context.Context, name string, patience time.Duration) (*Results, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	w := s.Watch()
	text := "the results can't be read"
	for {
		r, _, err := w.Poll(ctx)
		switch {
		case err == nil && r.Status == name:
			return r, nil
		case err == nil:
			text = fmt.Sprintf("the count is %s (%s)", r.Status, r.State.Text)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s, not %s: %w", text, name, errors.Join(ctx.Err(), err))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// AwaitReported polls until the bridge has reported every partition: before, it isn't known how
// far Kafka's logs reach. It gives up after patience, or at the end of ctx.
func (s *System) AwaitReported(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	w := s.Watch()
	for {
		r, _, err := w.Poll(ctx)
		if err == nil && r.State.CheckedAt != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the bridge hasn't reported how far Kafka's logs reach: %w", errors.Join(ctx.Err(), err))
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// AwaitCounted polls until all offsets below end are settled, and returns the results. It
// gives up if nothing has moved for as long as patience, or at the end of ctx.
func (s *System) AwaitCounted(ctx context.Context, end Offsets, patience time.Duration) (*Results, error) {
	return s.awaitResults(ctx, end, patience, (*Results).Settled)
}

// AwaitRead is AwaitCounted for results that have the records, settled or not.
func (s *System) AwaitRead(ctx context.Context, end Offsets, patience time.Duration) (*Results, error) {
	return s.awaitResults(ctx, end, patience, (*Results).Read)
}

func (s *System) awaitResults(ctx context.Context, end Offsets, patience time.Duration, offsets func(*Results) Offsets) (*Results, error) {
	w := s.Watch()
	var results *Results
	err := awaitOffsets(ctx, end, patience, func() (Offsets, error) {
		var err error
		if results, _, err = w.Poll(ctx); err != nil {
			return nil, err
		}
		return offsets(results), nil
	})
	return results, err
}

// AwaitTables is AwaitCounted without the dashboard, which adds what isn't settled yet to
// each answer: it polls analytics.books.
func (s *System) AwaitTables(ctx context.Context, end Offsets, patience time.Duration) error {
	type row struct {
		Topic     string `bigquery:"kafka_topic" db:"kafka_topic"`
		Partition int64  `bigquery:"kafka_partition" db:"kafka_partition"`
		Next      int64  `bigquery:"next_offset" db:"next_offset"`
	}
	return awaitOffsets(ctx, end, patience, func() (Offsets, error) {
		rows, err := query.Select[row](ctx, s.tables, "SELECT kafka_topic, kafka_partition, next_offset FROM analytics.books", nil)
		if err != nil {
			return nil, fmt.Errorf("read analytics.books: %w", err)
		}
		settled := Offsets{}
		for _, r := range rows {
			if settled[r.Topic] == nil {
				settled[r.Topic] = map[int32]int64{}
			}
			settled[r.Topic][int32(r.Partition)] = r.Next
		}
		return settled, nil
	})
}

// awaitOffsets polls until what look returns has all offsets below end.
func awaitOffsets(ctx context.Context, end Offsets, patience time.Duration, look func() (Offsets, error)) error {
	moved, best := time.Now(), int64(-1)
	var text string
	for {
		pause := 250 * time.Millisecond // while there is nothing to be read
		have, err := look()
		if err == nil {
			pause = 25 * time.Millisecond
			var missing int64
			if text, missing = have.Missing(end); missing == 0 {
				return nil
			}
			if best < 0 || missing < best {
				moved, best = time.Now(), missing
			}
		}
		if time.Since(moved) > patience {
			return errors.Join(fmt.Errorf("not everything was counted, and nothing moved for %v: %s", patience, text), err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not everything was counted yet (%s): %w", text, ctx.Err())
		case <-time.After(pause):
		}
	}
}
