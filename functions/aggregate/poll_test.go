package aggregate

import (
	"testing"
	"time"
)

func TestFloor(t *testing.T) {
	whole := Partition{TopicPartition: votes0, IngestFloor: noon, LastIngestedAt: noon}
	waiting := Partition{TopicPartition: votes1, IngestFloor: noon.Add(-10 * time.Minute), LastIngestedAt: noon.Add(time.Minute), RecordsAbove: 4}
	tests := []struct {
		name  string
		state []Partition
		now   time.Time
		want  time.Time
	}{
		{"nothing seen yet", nil, noon, beginning},
		{"all whole", []Partition{whole}, noon.Add(24 * time.Hour), noon.Add(-overlap)},
		{"a record that is missing for a short time holds the floor", []Partition{whole, waiting}, noon, waiting.IngestFloor.Add(-overlap)},
		{"one that is missing for long is searched for everywhere", []Partition{whole, waiting}, noon.Add(time.Hour), beginning},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := new(poller).floor(tt.state, tt.now); !got.Equal(tt.want) {
				t.Errorf("floor = %v, want %v", got, tt.want)
			}
		})
	}
	t.Run("but not with every poll", func(t *testing.T) {
		s, now := new(poller), noon.Add(time.Hour)
		s.floor([]Partition{waiting}, now)
		if got, want := s.floor([]Partition{waiting}, now.Add(time.Minute)), waiting.IngestFloor.Add(-overlap); !got.Equal(want) {
			t.Errorf("second floor = %v, want %v", got, want)
		}
	})
	t.Run("while nothing comes it rises", func(t *testing.T) {
		s, later := new(poller), noon.Add(5*time.Hour)
		s.quiet(later)
		if got, want := s.floor([]Partition{whole}, later.Add(time.Minute)), later.Add(-overlap); !got.Equal(want) {
			t.Errorf("floor = %v, want %v", got, want)
		}
		newer := whole
		newer.LastIngestedAt = later.Add(time.Hour)
		if got, want := s.floor([]Partition{newer}, later.Add(time.Hour)), later; !got.Equal(want) {
			t.Errorf("floor = %v, want %v: an hour below the newest", got, want)
		}
		if got, want := s.floor([]Partition{whole, waiting}, noon), waiting.IngestFloor.Add(-overlap); !got.Equal(want) {
			t.Errorf("floor = %v, want %v: a missing record holds it", got, want)
		}
	})
}

// All of raw is read once an hour after polls that found nothing, and once a day when
// nothing has come for a day.
func TestAllOfRawIsReadNowAndThen(t *testing.T) {
	p, reads := new(poller), map[string]int{}
	for minute := range 72 * 60 {
		now := noon.Add(time.Duration(minute) * time.Minute)
		if p.repeatAll(now, noon) {
			reads[now.Format(time.DateOnly)]++
		}
	}
	// Reads are 61 minutes apart until nothing has come for a day: twelve from noon of the
	// 3rd to midnight, and twelve from there to noon of the 4th.
	if reads["2026-11-03"] != 12 || reads["2026-11-04"] != 12 || reads["2026-11-05"] != 1 || reads["2026-11-06"] != 1 {
		t.Errorf("reads by day: %v", reads)
	}
}
