package export

import "testing"

// No text from a vote is a formula.
func TestFieldsAreHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Ada": "Ada", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "a=b": "a=b", "é": "é",
	} {
		if got := field(text); got != want {
			t.Errorf("field(%q) = %q, want %q", text, got, want)
		}
	}
}
