package results

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/shared/election"
)

// Hosts are the hosts that portraits may come from: those of the portraits in
// the election file, and those that it permits for portraits from votes.
type Hosts struct {
	own, votes []string // in lower case and in order
}

// hostPattern is a name or an address, with a port or without: nothing that means
// something else in a header.
var hostPattern = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$`)

// PortraitHosts are the hosts of an election.
func PortraitHosts(e *election.Election) Hosts {
	var p Hosts
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

// Sources are those of the Content-Security-Policy.
func (p Hosts) Sources() []string {
	hosts := slices.Concat(p.own, p.votes)
	slices.Sort(hosts)
	for i, host := range hosts {
		hosts[i] = "https://" + host
	}
	return slices.Compact(hosts)
}

// fromVotes is the address of an image that the results have from the votes, or
// empty where the election doesn't permit it: the tables may be older than that.
func (p Hosts) fromVotes(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || !slices.Contains(p.votes, strings.ToLower(u.Host)) {
		return ""
	}
	return address
}
