package store

import (
	"context"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
)

// Sweep deletes the tables that have expired. It looks at none before the earliest expiration.
func (s *Store) Sweep(ctx context.Context) error {
	now := s.Now().UnixMilli()
	if first := s.expiry.Load(); first == 0 || now < first {
		return nil
	}
	var next int64
	var expired []catalog.Ref
	for _, d := range s.Catalog.Datasets("") {
		for _, t := range d.Tables() {
			switch at := t.Resource.ExpirationTime; {
			case at == 0:
			case at <= now:
				expired = append(expired, t.Ref)
			case next == 0 || at < next:
				next = at
			}
		}
	}
	s.expiry.Store(next)
	if len(expired) == 0 {
		return nil
	}
	return s.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		for _, ref := range expired {
			t, err := tx.Table(ref)
			if err != nil || t.Resource.ExpirationTime == 0 || t.Resource.ExpirationTime > now {
				continue // another has taken its place
			}
			if err := tx.DropTable(ref); err != nil {
				return err
			}
		}
		return nil
	})
}

// expires notes when a table expires, 0 for never.
func (s *Store) expires(at int64) {
	for {
		first := s.expiry.Load()
		if at == 0 || first != 0 && first <= at || s.expiry.CompareAndSwap(first, at) {
			return
		}
	}
}

// looked says when the expired partitions of a table were last deleted.
type looked struct {
	mutation int64 // of the table
	hour     time.Time
}

// Expire deletes the partitions of a table that have expired. If a transaction changes their
// rows, the transaction wins, and a later call deletes the partitions.
func (s *Store) Expire(ctx context.Context, t *catalog.Table) {
	now := s.Now().UTC()
	where := t.Expired(now)
	if where == "" {
		return
	}
	is := looked{s.Mutated(t.ID).Number, now.Truncate(time.Hour)}
	if was, ok := s.expired.Load(t.ID); ok && was == is {
		return
	}
	found := false
	if err := s.DB.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+t.Physical()+" WHERE "+where+")").Scan(&found); err != nil {
		return
	}
	if !found {
		s.expired.Store(t.ID, is)
		return
	}
	n, err := s.delete(ctx, t, "DELETE FROM "+t.Physical()+" WHERE "+where)
	if err != nil {
		return
	}
	if n > 0 {
		s.partitions.Delete(t.ID)
		s.Touch(t.ID)
		is.mutation = s.Mutated(t.ID).Number
	}
	s.expired.Store(t.ID, is)
}
