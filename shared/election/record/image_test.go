package record_test

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/record"
)

func TestImagesFromVotes(t *testing.T) {
	images := func(text string) func(string) string {
		t.Helper()
		e, err := election.Parse([]byte("id: a\nname: A\n" + text))
		if err != nil {
			t.Fatal(err)
		}
		p := record.NewParser(e)
		return func(image string) string {
			t.Helper()
			v, r := p.Vote([]byte(`{"voter_id":"p","candidate":"c","timestamp":"2026-11-03T09:30:00Z","candidate_image":`+image+`}`), recorded)
			if r != nil {
				t.Errorf("image %.60s: the vote is rejected: %v", image, r)
			}
			return v.CandidateImage
		}
	}
	const good = `"https://img.example.org/rivera.jpg"`
	for _, text := range []string{"", "portraits: {from_votes: false}", "portraits: {}"} {
		if got := images(text)(good); got != "" {
			t.Errorf("with %q the image is kept: %s", text, got)
		}
	}
	keep := images("portraits: {from_votes: true, hosts: [IMG.example.org, cdn.example.net]}")
	for image, want := range map[string]string{
		good: "https://img.example.org/rivera.jpg",
		`" https://IMG.Example.org/a%20b?size=2#x "`:                  "https://img.example.org/a%20b?size=2#x",
		`"HTTPS://cdn.example.net/a"`:                                 "https://cdn.example.net/a",
		`"http://img.example.org/a"`:                                  "",
		`"https://elsewhere.example/a"`:                               "",
		`"https://img.example.org.elsewhere.example/a"`:               "",
		`"https://elsewhere.example/?img.example.org/a"`:              "",
		`"https://img.example.org@elsewhere.example/a"`:               "",
		`"https://img.example.org:8443/a"`:                            "",
		`"https://img.example.org\\@elsewhere.example/a"`:             "",
		`"https://sub.img.example.org/a"`:                             "",
		`"https://img.example.org"`:                                   "",
		`"https://img.example.org/"`:                                  "",
		`"https://img.example.org/a\"onerror=\"x"`:                    "",
		`"https://img.example.org/a b"`:                               "",
		`"https://img.example.org/\u202eb"`:                           "",
		`"//img.example.org/a"`:                                       "",
		`"data:image/png;base64,AAAA"`:                                "",
		`"javascript:alert(1)"`:                                       "",
		`"https://img.example.org/` + strings.Repeat("a", 2000) + `"`: "",
		`{"url":"https://img.example.org/a"}`:                         "",
		`7`:                                                           "",
		`null`:                                                        "",
		`""`:                                                          "",
	} {
		if got := keep(image); got != want {
			t.Errorf("image %.60s is kept as %q, want %q", image, got, want)
		}
	}
}
