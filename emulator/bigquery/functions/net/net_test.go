package net

import "testing"

func TestHosts(t *testing.T) {
	for url, want := range map[string][2]string{
		"http://www.example.co.uk:80/x": {"www.example.co.uk", "co.uk"},
		"//user@Example.COM?x":          {"Example.COM", "COM"},
		" mail.example.org ":            {"mail.example.org", "org"},
		"http://[::1]/":                 {"::1", ""},
		"localhost":                     {"localhost", ""},
		"http://%zz":                    {"", ""},
		"":                              {"", ""},
	} {
		h := host(url)
		if s := suffix(h); h != want[0] || s != want[1] {
			t.Errorf("%q: host %q, suffix %q; want %q", url, h, s, want)
		}
	}
}
