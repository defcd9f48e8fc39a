package certify

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name string
		word Word
		want []string // parts of the error; none for a word that is right
	}{
		{"a name", Word{By: "Ann"}, nil},
		{"an incomplete count with its reason", Word{By: "Ann", Incomplete: true, Note: "the last box burned"}, nil},
		{"taken back", Word{By: "Ann", Undo: true}, nil},
		{"nobody", Word{}, []string{"has 0 bytes: give one of 1 to 200 with --by"}},
		{"long texts", Word{By: strings.Repeat("x", maxBy+1), Note: strings.Repeat("x", maxNote+1)},
			[]string{"has 201 bytes", "the note has 2001 bytes, more than 2000"}},
		{"an incomplete count without a reason", Word{By: "Ann", Incomplete: true}, []string{"give the reason with --note"}},
		{"an incomplete count taken back", Word{By: "Ann", Incomplete: true, Undo: true, Note: "why"}, []string{"leave out --incomplete"}},
	} {
		err := tt.word.Check()
		if (err == nil) != (tt.want == nil) {
			t.Errorf("%s: error %v", tt.name, err)
		}
		for _, part := range tt.want {
			if err != nil && !strings.Contains(err.Error(), part) {
				t.Errorf("%s: error %v, want %q", tt.name, err, part)
			}
		}
	}
}
