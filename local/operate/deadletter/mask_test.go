package deadletter

import (
	"strings"
	"testing"
)

func TestMasked(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"a vote", `{"voter_id":"V-000123","candidate":"rivera","timestamp":"2026-11-03T12:00:00Z"}`,
			`{"candidate":"rivera","timestamp":"2026-11-03T12:00:00Z","voter_id":"V-… (8 characters)"}`},
		{"a number for an id", `{"voter_id":123456789}`, `{"voter_id":"12… (9 characters)"}`},
		{"a short id", `{"voter_id":"abc"}`, `{"voter_id":"(3 characters)"}`},
		{"fields that nobody knows", `{"email":"someone@example.org"}`, `{"xxxxx":"so… (19 characters)"}`},
		{"an object where a text should be", `{"candidate":{"voter_id":"V-000123"}}`, `{"candidate":"{\"… (23 characters)"}`},
		{"cut off", `{"voter_id":"V-000123","cand`, `(not a JSON object; its outline:) {"voter_id":"x-999999","xxxx`},
		{"a list", `["V-000123"]`, `(not a JSON object; its outline:) ["x-999999"]`},
		{"not UTF-8", "\xff\xfeV1", "(not a JSON object; its outline:) ··x9"},
		{"blank", "  ", "(2 blank bytes)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Masked([]byte(tt.value)); got != tt.want {
				t.Errorf("shown as\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
	if got, want := Masked(nil), "(no value: a tombstone)"; got != want {
		t.Errorf("a tombstone is shown as %q, want %q", got, want)
	}
}

// FuzzMasked looks for a voter's id in what is shown.
func FuzzMasked(f *testing.F) {
	const id = "Zq7Kx-5501-Wv"
	for _, s := range []string{`{"voter_id":"` + id + `"}`, `{"voter_id":["` + id + `"]}`, `{"voter_id":"` + id, id, `{"a":{"b":"` + id + `"}}`} {
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		for name := range shown { // an id in a field that holds something else can't be known for one
			if strings.Contains(before+after, name) {
				t.Skip()
			}
		}
		if got := Masked([]byte(before + id + after)); strings.Contains(got, id) {
			t.Errorf("%q shows the id", got)
		}
	})
}
