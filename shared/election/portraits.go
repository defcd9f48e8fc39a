package election

import (
	"fmt"
	"regexp"
)

// Portraits says which images of votes are kept as portraits of candidates. Without
// it none are: whoever may vote could put a picture of their own on a candidate.
type Portraits struct {
	FromVotes bool     `yaml:"from_votes" json:"from_votes"`
	Hosts     []string `yaml:"hosts" json:"hosts,omitempty"` // that images may come from, by https
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
