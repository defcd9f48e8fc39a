// Package snapshottest compares snapshots.
package snapshottest

import (
	"slices"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// Figures are what a snapshot has of the figures: without what only a pass knows
// (names and portraits of candidates, revisions, times of changes, watermarks, settled
// offsets, amendments, rejects by reason, shown votes), and
// without rows of nothing. Two snapshots of the same records have the same, whatever of
// them is settled.
func Figures(s *snapshot.Snapshot) *snapshot.Snapshot {
	c := *s
	c.Shown, c.Amendments, c.Rejections, c.Logs, c.Unsettled = nil, nil, nil, nil, 0
	c.Candidates, c.Regions, c.Hours = slices.Clone(s.Candidates), slices.Clone(s.Regions), slices.Clone(s.Hours)
	c.Minutes, c.Demographics, c.Books = slices.Clone(s.Minutes), slices.Clone(s.Demographics), slices.Clone(s.Books)
	for i := range c.Candidates {
		c.Candidates[i] = snapshot.CandidateRow{ID: c.Candidates[i].ID, Votes: c.Candidates[i].Votes}
	}
	for i := range c.Regions {
		c.Regions[i].UpdatedAt = time.Time{}
	}
	for i := range c.Hours {
		c.Hours[i].UpdatedAt, c.Hours[i].Revision = time.Time{}, 0
	}
	for i := range c.Minutes {
		c.Minutes[i].Revision = 0
	}
	for i := range c.Demographics {
		c.Demographics[i].UpdatedAt = time.Time{}
	}
	for i := range c.Books {
		c.Books[i].UpdatedAt, c.Books[i].Watermark, c.Books[i].NextOffset = time.Time{}, time.Time{}, 0
	}
	c.Regions = slices.DeleteFunc(c.Regions, func(r snapshot.RegionRow) bool { return r.Registered == 0 && r.Voted == 0 })
	c.Candidates = slices.DeleteFunc(c.Candidates, func(r snapshot.CandidateRow) bool { return r.Votes == 0 })
	if len(c.Candidates) == 0 {
		c.Candidates = nil
	}
	if len(c.Regions) == 0 {
		c.Regions = nil
	}
	return &c
}
