package election_test

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/election"
)

func TestPortraitsFaults(t *testing.T) {
	for text, want := range map[string]string{
		"portraits: {from_votes: true}":                                      "from_votes needs hosts",
		"portraits: {hosts: [img.example.org]}":                              "no image is taken from votes",
		"portraits: {from_votes: true, hosts: ['https://img.example.org']}":  "write the name alone",
		"portraits: {from_votes: true, hosts: ['img.example.org:443']}":      "write the name alone",
		"portraits: {from_votes: true, hosts: ['*.example.org']}":            "write the name alone",
		"portraits: {from_votes: true, hosts: [localhost]}":                  "write the name alone",
		"portraits: {from_votes: true, hosts: [img.example.org], size: big}": "there is no field size",
	} {
		if _, err := election.Parse([]byte("id: a\nname: A\n" + text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error that says %q", text, err, want)
		}
	}
}
