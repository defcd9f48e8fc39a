package snapshot

import (
	"cmp"
	"slices"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// Changes are what the records above the settled offsets change in the tables: what
// analytics.live_changes returns. Figures are to be added; they may be negative.
type Changes struct {
	Votes      []MinuteRow // by minute, region and candidate; without revisions
	Electorate []DemographicRow
	Books      []BookChange
}

// BookChange is what the records above the settled offset of one partition change in its
// books. ReadOffset, LastOffset and LastIngestedAt replace those of the row; they are zero
// where none of the partition's records are above it.
type BookChange struct {
	kafka.TopicPartition
	Records, Accepted, Duplicate, Rejected, Pending, Ahead int64

	FirstOffset    int64 // of the partition, where the first record is among them; else -1
	ReadOffset     int64
	LastOffset     int64
	LastIngestedAt time.Time
}

// empty reports whether nothing changes.
func (c *Changes) empty() bool { return len(c.Votes)+len(c.Electorate)+len(c.Books) == 0 }

// With returns a snapshot with changes in it: each table as the next pass would leave it,
// but for revisions, watermarks, amendments, shown votes and portraits, which only a pass
// knows. updated_at of a row that changes is when the newest of the records was taken in.
// The snapshot itself stays as it is.
func (s *Snapshot) With(c *Changes) *Snapshot {
	if c.empty() {
		return s
	}
	live := *s
	live.addBooks(c.Books)
	at := live.LastIngested()
	live.addHours(c.Votes, at)
	live.addMinutes(c.Votes)
	live.addCandidates(c.Votes, at)
	live.addElectorate(c.Electorate, at)
	return &live
}

// addBooks adds to the rows of partitions, and makes those of new ones.
func (s *Snapshot) addBooks(changes []BookChange) {
	s.Books = slices.Clone(s.Books)
	for _, c := range changes {
		i := slices.IndexFunc(s.Books, func(row BookRow) bool { return row.TopicPartition == c.TopicPartition })
		if i < 0 {
			i = len(s.Books)
			s.Books = append(s.Books, BookRow{TopicPartition: c.TopicPartition, LastOffset: -1})
		}
		s.Unsettled += c.Records
		s.Books[i].add(c)
	}
	slices.SortFunc(s.Books, func(a, b BookRow) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.TopicID, b.TopicID), cmp.Compare(a.Partition, b.Partition))
	})
}

// add adds changes to a row.
func (r *BookRow) add(c BookChange) {
	r.Records += c.Records
	r.Accepted += c.Accepted
	r.Duplicate += c.Duplicate
	r.Rejected += c.Rejected
	r.Pending += c.Pending
	r.Ahead += c.Ahead
	if r.NextOffset == 0 && c.FirstOffset >= 0 { // as in settle.sql
		r.FirstOffset = c.FirstOffset
	}
	r.ReadOffset = max(r.ReadOffset, c.ReadOffset)
	r.LastOffset = max(r.LastOffset, c.LastOffset)
	r.LastIngestedAt = later(r.LastIngestedAt, c.LastIngestedAt)
	r.Gaps = r.LastOffset + 1 - r.FirstOffset - r.Records
}

// addHours adds votes to their hours. An hour without votes has no row.
func (s *Snapshot) addHours(votes []MinuteRow, at time.Time) {
	type key struct {
		hour             int64
		state, candidate string
	}
	rows, index := slices.Clone(s.Hours), map[key]int{}
	for i := range rows {
		index[key{rows[i].Hour.Unix(), rows[i].State, rows[i].Candidate}] = i
	}
	for _, v := range votes {
		hour := v.Minute.Truncate(time.Hour)
		k := key{hour.Unix(), v.State, v.Candidate}
		i, known := index[k]
		if !known {
			i = len(rows)
			index[k] = i
			rows = append(rows, HourRow{Hour: hour, State: v.State, Candidate: v.Candidate})
		}
		rows[i].Votes += v.Votes
		rows[i].UpdatedAt = at
	}
	rows = slices.DeleteFunc(rows, func(row HourRow) bool { return row.Votes == 0 })
	slices.SortFunc(rows, CompareHours)
	s.Hours = rows
}

// addMinutes adds votes to their minutes, as far as the snapshot has minutes. Minutes that
// lie back may be older than the changes, see recent: of those none is left with fewer
// than no votes.
func (s *Snapshot) addMinutes(votes []MinuteRow) {
	rows := slices.Concat(s.Minutes, votes)
	slices.SortStableFunc(rows, CompareMinutes) // those of the snapshot, with their revisions, first
	merged := rows[:0]
	for _, row := range rows {
		if n := len(merged); n > 0 && CompareMinutes(merged[n-1], row) == 0 {
			merged[n-1].Votes += row.Votes
			continue
		}
		merged = append(merged, row)
	}
	s.Minutes = slices.DeleteFunc(merged, func(row MinuteRow) bool { return row.Votes <= 0 })
	from := MinutesFrom(s.Anchor())
	s.Minutes = slices.DeleteFunc(s.Minutes, func(row MinuteRow) bool { return row.Minute.Before(from) })
}

// addCandidates adds votes to the totals. A candidate who isn't known yet has the id as
// name, as in candidate_totals.sql.
func (s *Snapshot) addCandidates(votes []MinuteRow, at time.Time) {
	s.Candidates = slices.Clone(s.Candidates)
	for _, v := range votes {
		i := slices.IndexFunc(s.Candidates, func(row CandidateRow) bool { return row.ID == v.Candidate })
		if i < 0 {
			i = len(s.Candidates)
			s.Candidates = append(s.Candidates, CandidateRow{ElectionDate: s.electionDate(), ID: v.Candidate, Name: v.Candidate})
		}
		s.Candidates[i].Votes += v.Votes
		s.Candidates[i].UpdatedAt = at
	}
	slices.SortFunc(s.Candidates, func(a, b CandidateRow) int { return cmp.Compare(a.ID, b.ID) })
}

// electionDate is the date of the totals: that of any candidate's, else the day of the
// earliest vote.
func (s *Snapshot) electionDate() string {
	switch {
	case len(s.Candidates) > 0:
		return s.Candidates[0].ElectionDate
	case len(s.Hours) > 0:
		return s.Hours[0].Hour.Format(time.DateOnly)
	}
	return ""
}

// addElectorate adds registrations and votes to groups of voters and to their regions.
func (s *Snapshot) addElectorate(changes []DemographicRow, at time.Time) {
	s.Demographics, s.Regions = slices.Clone(s.Demographics), slices.Clone(s.Regions)
	for _, c := range changes {
		i, known := slices.BinarySearchFunc(s.Demographics, c, CompareGroups)
		if !known {
			s.Demographics = slices.Insert(s.Demographics, i, DemographicRow{State: c.State, AgeGroup: c.AgeGroup, Gender: c.Gender})
		}
		s.Demographics[i].Registered += c.Registered
		s.Demographics[i].Voted += c.Voted
		s.Demographics[i].UpdatedAt = at

		i, known = slices.BinarySearchFunc(s.Regions, c.State, func(row RegionRow, state string) int { return cmp.Compare(row.State, state) })
		if !known {
			s.Regions = slices.Insert(s.Regions, i, RegionRow{State: c.State})
		}
		s.Regions[i].Registered += c.Registered
		s.Regions[i].Voted += c.Voted
		s.Regions[i].UpdatedAt = at
	}
	s.Demographics = slices.DeleteFunc(s.Demographics, func(row DemographicRow) bool { return row.Registered == 0 && row.Voted == 0 })
}
