package run

import "testing"

func TestMissing(t *testing.T) {
	end := Offsets{"votes": {0: 10, 1: 4}, "voters": {0: 2}}
	for _, tt := range []struct {
		settled Offsets
		text    string
		records int64
	}{
		{Offsets{"votes": {0: 10, 1: 5}, "voters": {0: 2}, "other": {0: 1}}, "", 0},
		{Offsets{"votes": {0: 7}, "voters": {0: 2}}, "votes/0 at offset 7 of 10, votes/1 at offset 0 of 4", 7},
		{nil, "voters/0 at offset 0 of 2, votes/0 at offset 0 of 10, votes/1 at offset 0 of 4", 16},
	} {
		if text, records := tt.settled.Missing(end); text != tt.text || records != tt.records {
			t.Errorf("%v: got %q and %d, want %q and %d", tt.settled, text, records, tt.text, tt.records)
		}
	}
}
