package stores

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// Queries pack rows with many numbers into texts, one group a row. The functions here
// unpack them.

// unpackHours adds the hours of a candidate in a region: start, votes and revision of each.
// at is when the newest of them changed.
func unpackHours(s *snapshot.Snapshot, state, candidate, packed string, at time.Time) error {
	err := unpack(packed, 3, func(n []int64) {
		s.Hours = append(s.Hours, snapshot.HourRow{
			Hour: time.Unix(n[0], 0).UTC(), State: state, Candidate: candidate, Votes: n[1], Revision: n[2], UpdatedAt: at,
		})
	})
	if err != nil {
		return fmt.Errorf("hours of %s in %s: %w", candidate, state, err)
	}
	return nil
}

// unpackShown adds what is shown of a candidate in a region: start and votes of each hour.
func unpackShown(s *snapshot.Snapshot, state, candidate, packed string) error {
	err := unpack(packed, 2, func(n []int64) {
		s.Shown = append(s.Shown, snapshot.HourRow{Hour: time.Unix(n[0], 0).UTC(), State: state, Candidate: candidate, Votes: n[1]})
	})
	if err != nil {
		return fmt.Errorf("shown hours of %s in %s: %w", candidate, state, err)
	}
	return nil
}

// unpackMinutes adds the minutes of a candidate in a region: start, votes and revision of
// each.
func unpackMinutes(s *snapshot.Snapshot, state, candidate, packed string) error {
	err := unpack(packed, 3, func(n []int64) {
		s.Minutes = append(s.Minutes, snapshot.MinuteRow{
			Minute: time.Unix(n[0], 0).UTC(), State: state, Candidate: candidate, Votes: n[1], Revision: n[2],
		})
	})
	if err != nil {
		return fmt.Errorf("minutes of %s in %s: %w", candidate, state, err)
	}
	return nil
}

// unpackGroups adds the groups of one gender in a region: age group|registered voted|… at is
// when the newest of them changed.
func unpackGroups(s *snapshot.Snapshot, state, gender, packed string, at time.Time) error {
	parts := strings.Split(packed, "|") // no age group has a bar in its name
	for i := 0; i+1 < len(parts); i += 2 {
		err := unpack(parts[i+1], 2, func(n []int64) {
			s.Demographics = append(s.Demographics, snapshot.DemographicRow{
				State: state, AgeGroup: parts[i], Gender: gender, Registered: n[0], Voted: n[1], UpdatedAt: at,
			})
		})
		if err != nil {
			return fmt.Errorf("group %s %s of %s: %w", parts[i], gender, state, err)
		}
	}
	return nil
}

// sortRows brings what was unpacked into the order of a Snapshot.
func sortRows(s *snapshot.Snapshot) {
	slices.SortFunc(s.Hours, snapshot.CompareHours)
	slices.SortFunc(s.Shown, snapshot.CompareHours)
	slices.SortFunc(s.Minutes, snapshot.CompareMinutes)
	slices.SortFunc(s.Demographics, snapshot.CompareGroups)
}

// unpack hands on the numbers of a packed text, so many at a time.
func unpack(text string, width int, use func([]int64)) error {
	numbers := make([]int64, 0, width)
	for text != "" {
		var word string
		word, text, _ = strings.Cut(text, " ")
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return fmt.Errorf("packed figures: %w", err)
		}
		if numbers = append(numbers, n); len(numbers) == width {
			use(numbers)
			numbers = numbers[:0]
		}
	}
	if len(numbers) > 0 {
		return fmt.Errorf("packed figures end after %d of %d numbers", len(numbers), width)
	}
	return nil
}
