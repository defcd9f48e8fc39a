package dashboard

import (
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/tallystream/tallystream/shared/election"
)

// initials are the first letters of the first and the last word of a name:
// what stands where there is no portrait.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return first(words[0])
	default:
		return first(words[0]) + first(words[len(words)-1])
	}
}

func first(word string) string {
	for _, r := range word {
		return string(unicode.ToUpper(r))
	}
	return ""
}

// maxImageURL is the longest address of an image that goes on the page.
const maxImageURL = 2048

// pictures are the hosts that portraits may come from: those of the portraits in
// the election file, and those that it permits for portraits from votes.
type pictures struct {
	own, votes []string // in lower case and in order
}

// hostPattern is a name or an address, with a port or without: nothing that means
// something else in a header.
var hostPattern = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$`)

func picturesOf(e *election.Election) pictures {
	var p pictures
	for _, c := range e.Candidates {
		if u, err := url.Parse(c.Portrait); err == nil && u.Scheme == "https" && hostPattern.MatchString(u.Host) {
			p.own = append(p.own, strings.ToLower(u.Host))
		}
	}
	if e.Portraits != nil && e.Portraits.FromVotes {
		for _, host := range e.Portraits.Hosts {
			p.votes = append(p.votes, strings.ToLower(host))
		}
	}
	slices.Sort(p.own)
	slices.Sort(p.votes)
	return p
}

// sources are those of the Content-Security-Policy.
func (p pictures) sources() []string {
	hosts := slices.Concat(p.own, p.votes)
	slices.Sort(hosts)
	for i, host := range hosts {
		hosts[i] = "https://" + host
	}
	return slices.Compact(hosts)
}

// fromVotes is the address of an image that the results have from the votes, or
// empty where the election doesn't permit it: the tables may be older than that.
func (p pictures) fromVotes(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || !slices.Contains(p.votes, strings.ToLower(u.Host)) {
		return ""
	}
	return address
}

// picture is the address of a candidate's portrait, or empty. The election
// file, which its publisher wrote, may also hold the image itself.
func picture(c Candidate) template.URL {
	if strings.HasPrefix(c.Portrait, "data:image/") {
		return template.URL(c.Portrait) //nolint:gosec // an image can't run scripts
	}
	for _, address := range []string{c.Portrait, c.Image} {
		u, err := url.Parse(address)
		if err == nil && u.Scheme == "https" && u.Host != "" && len(address) <= maxImageURL {
			return template.URL(u.String()) //nolint:gosec // checked above
		}
	}
	return ""
}

// ink is black or white, whichever can be read on a colour: the one with the
// greater contrast as WCAG 2 works it out.
func ink(colour string) string {
	l := luminance(colour)
	if (l+0.05)/0.05 >= 1.05/(l+0.05) {
		return "#000000"
	}
	return "#ffffff"
}
