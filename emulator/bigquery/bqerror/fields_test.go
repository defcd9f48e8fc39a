package bqerror

import (
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	type part struct {
		Format  string   `json:"format,omitempty"`
		Zone    string   `json:"timeZone,omitempty"`
		Markers []string `json:"markers"`
		Force   []string `json:"-"`
	}
	for _, test := range []struct {
		v    *part
		want string // in the error, "" for none
	}{
		{nil, ""}, {&part{}, ""}, {&part{Format: "CSV", Markers: []string{}, Force: []string{"x"}}, ""}, {&part{Format: "CSV", Zone: "UTC"}, "load.timeZone"},
	} {
		err := Others("load", test.v, "format")
		if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.v, err, test.want)
		}
	}
	if err := Ignored("", &part{Format: "CSV", Zone: "UTC"}, "format"); err == nil || !strings.Contains(err.Error(), "field format") {
		t.Errorf("a field that is ignored: %v", err)
	}
	if err := Ignored("", &part{Zone: "UTC"}, "format"); err != nil {
		t.Errorf("no field that is ignored: %v", err)
	}
}
