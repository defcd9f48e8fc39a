package rest

import "testing"

func TestParseRange(t *testing.T) {
	tests := []struct {
		header string
		want   contentRange
		bad    bool
	}{
		{header: "", want: contentRange{total: -1}},
		{header: "bytes 0-9/100", want: contentRange{total: 100}},
		{header: "bytes 10-19/*", want: contentRange{first: 10, total: -1, partial: true}},
		{header: "bytes */100", want: contentRange{total: 100, statusCheck: true}},
		{header: "bytes */*", want: contentRange{total: -1, statusCheck: true, partial: true}},
		{header: "0-9/100", bad: true},
		{header: "bytes 0-9", bad: true},
		{header: "bytes x-9/100", bad: true},
		{header: "bytes 0-9/x", bad: true},
		{header: "bytes -5/100", bad: true},
	}
	for _, tt := range tests {
		got, err := parseRange(tt.header)
		if (err != nil) != tt.bad {
			t.Errorf("parseRange(%q): error %v", tt.header, err)
		}
		if !tt.bad && got != tt.want {
			t.Errorf("parseRange(%q) = %+v, want %+v", tt.header, got, tt.want)
		}
	}
}
