package record

import (
	"slices"
	"strings"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/jsonobject"
)

// imageFilter says which images of votes are kept.
type imageFilter struct{ hosts []string } // in lower case

func newImageFilter(p *election.Portraits) imageFilter {
	if p == nil || !p.FromVotes {
		return imageFilter{}
	}
	f := imageFilter{}
	for _, host := range p.Hosts {
		f.hosts = append(f.hosts, strings.ToLower(host))
	}
	return f
}

// keep returns the URL of an image that is kept: by https, from a listed host, without
// port or user, in characters that a URL may have. It is empty for anything else, which
// is no reason to refuse a vote.
func (f imageFilter) keep(v jsonobject.Value) string {
	const scheme = "https://"
	if len(f.hosts) == 0 || v.Kind != jsonobject.String || len(v.Text) > election.MaxTextBytes {
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

// outsideURL reports whether r may not stand in a URL, by RFC 3986.
func outsideURL(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r)
}
