package election

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/shared/jsonobject"
)

// Portraits says which portraits of candidates are taken from votes. Whoever may
// vote could otherwise put a picture of their own on a candidate.
type Portraits struct {
	FromVotes bool     `yaml:"from_votes" json:"from_votes"`
	Hosts     []string `yaml:"hosts" json:"hosts,omitempty"` // those that images may come from, by https
}

var hostPattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$`)

func (p *Portraits) validate() (errs []error) {
	if p == nil {
		return nil
	}
	switch {
	case p.FromVotes && len(p.Hosts) == 0:
		errs = append(errs, fmt.Errorf("portraits: from_votes needs hosts: list those that images may come from, such as img.example.org"))
	case !p.FromVotes && len(p.Hosts) > 0:
		errs = append(errs, fmt.Errorf("portraits: hosts are listed, but no image is taken from votes: set from_votes: true, or leave hosts out"))
	}
	for i, host := range p.Hosts {
		if !hostPattern.MatchString(host) || len(host) > 253 {
			errs = append(errs, fmt.Errorf("portraits: hosts[%d] %q: write the name alone, such as img.example.org, without https://, port or path", i, host))
		}
	}
	return errs
}

// imageFilter keeps the images that an election takes from votes.
type imageFilter struct{ hosts []string } // in lower case

func newImageFilter(p *Portraits) imageFilter {
	if p == nil || !p.FromVotes {
		return imageFilter{}
	}
	f := imageFilter{}
	for _, host := range p.Hosts {
		f.hosts = append(f.hosts, strings.ToLower(host))
	}
	return f
}

// keep returns the URL of an image: of https, on a host of the list, without a
// port or a user, in characters that a URL may have. Anything else is empty, and
// no reason to refuse a vote.
func (f imageFilter) keep(v jsonobject.Value) string {
	const scheme = "https://"
	if len(f.hosts) == 0 || v.Kind != jsonobject.String || len(v.Text) > MaxTextBytes {
		return ""
	}
	url := strings.TrimSpace(v.Text)
	if len(url) < len(scheme) || !strings.EqualFold(url[:len(scheme)], scheme) || strings.IndexFunc(url, outsideURL) >= 0 {
		return ""
	}
	host, path, _ := strings.Cut(url[len(scheme):], "/")
	if host = strings.ToLower(host); path == "" || !slices.Contains(f.hosts, host) {
		return ""
	}
	return scheme + host + "/" + path
}

// outsideURL reports whether RFC 3986 has no place for r in a URL.
func outsideURL(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r)
}
