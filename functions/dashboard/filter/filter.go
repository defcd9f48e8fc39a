// Package filter chooses a part of the figures. A query of an address goes in, with
// what it may name; a Filter comes out, or a sentence for who wrote the query.
package filter

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Filter chooses a part of the figures: by region or area, group of voters, and hours. A nil
// field chooses everything, and so does the zero Filter.
type Filter struct {
	Region *string    `json:"region"` // id of a region, or of an area
	Area   *Area      `json:"-"`      // nil unless Region is the id of one
	Group  *string    `json:"group"`  // age:18-24 or gender:female
	From   *time.Time `json:"from"`   // start of an hour, inclusive
	To     *time.Time `json:"to"`     // start of an hour, exclusive
}

// Area is several regions together.
type Area struct {
	ID      string
	Regions map[string]bool // their ids
}

// The kinds of groups that a filter may name.
const (
	AgePrefix    = "age:"
	GenderPrefix = "gender:"
)

// Parameters are the names of the query parameters that choose.
var Parameters = []string{"region", "group", "from", "to"}

// Known is what a filter may name.
type Known struct {
	Regions []string // their ids
	Areas   []*Area  // that may be named as regions are
	Groups  []string // age:GROUP or gender:GENDER
}

// Parse reads the filter of a query; others are parameters that may stand
// beside it. Its errors are sentences for who wrote the query.
func Parse(q url.Values, known Known, others ...string) (Filter, error) {
	var f Filter
	for _, name := range slices.Sorted(maps.Keys(q)) {
		switch {
		case !slices.Contains(Parameters, name) && !slices.Contains(others, name):
			return f, fmt.Errorf("%.40q isn't a filter: use region, group, from or to", name)
		case len(q[name]) > 1:
			return f, fmt.Errorf("%s stands %d times in the address: give it once", name, len(q[name]))
		}
	}
	if region := q.Get("region"); region != "" {
		if err := oneOf("region", region, known.places()); err != nil {
			return f, err
		}
		f.Region = &region
		if i := slices.IndexFunc(known.Areas, func(a *Area) bool { return a.ID == region }); i >= 0 {
			f.Area = known.Areas[i]
		}
	}
	if group := q.Get("group"); group != "" {
		if err := oneOf("group", group, known.Groups); err != nil {
			return f, err
		}
		f.Group = &group
	}
	var err error
	if f.From, err = hourOf("from", q.Get("from"), 0); err != nil {
		return f, err
	}
	if f.To, err = hourOf("to", q.Get("to"), time.Hour-1); err != nil {
		return f, err
	}
	if f.From != nil && f.To != nil && !f.From.Before(*f.To) {
		return f, fmt.Errorf("from (%s) must be before to (%s)", f.From.Format(time.RFC3339), f.To.Format(time.RFC3339))
	}
	return f, nil
}

// places are the ids of areas and regions.
func (k Known) places() (ids []string) {
	for _, a := range k.Areas {
		ids = append(ids, a.ID)
	}
	return append(ids, k.Regions...)
}

// mostListed is how many possible values an error lists.
const mostListed = 100

// oneOf says which values there are, where the value is none of them.
func oneOf(name, value string, known []string) error {
	if slices.Contains(known, value) {
		return nil
	}
	list := strings.Join(known[:min(len(known), mostListed)], ", ")
	switch {
	case len(known) == 0:
		list = "there is none yet"
	case len(known) > mostListed:
		list = "use one of " + list + " …"
	default:
		list = "use one of " + list
	}
	return fmt.Errorf("%s %.80q isn't known: %s", name, value, list)
}

// hourOf reads a time and returns the start of its hour, after adding up: with an hour
// less a nanosecond that rounds up.
func hourOf(name, text string, up time.Duration) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 2000 || t.Year() > 2099 {
		return nil, fmt.Errorf("%s %.40q isn't a time of this century: write it like 2026-11-03T14:00:00Z (a + as %%2B)", name, text)
	}
	t = t.UTC().Add(up).Truncate(time.Hour)
	return &t, nil
}

// OfRegion is the filter with one region in the place of its region or area.
func (f Filter) OfRegion(id string) Filter {
	f.Region, f.Area = &id, nil
	return f
}

// Empty says whether the filter lets everything through.
func (f Filter) Empty() bool { return f == Filter{} }

// Encode writes the filter as a query, always the same way.
func (f Filter) Encode() string {
	q := url.Values{}
	if f.Region != nil {
		q.Set("region", *f.Region)
	}
	if f.Group != nil {
		q.Set("group", *f.Group)
	}
	if f.From != nil {
		q.Set("from", f.From.Format(time.RFC3339))
	}
	if f.To != nil {
		q.Set("to", f.To.Format(time.RFC3339))
	}
	return q.Encode()
}

// InRegion says whether the filter lets a region through.
func (f Filter) InRegion(id string) bool {
	if f.Area != nil {
		return f.Area.Regions[id]
	}
	return f.Region == nil || *f.Region == id
}

// Includes says whether the filter lets votes of a time through.
func (f Filter) Includes(t time.Time) bool {
	return (f.From == nil || !t.Before(*f.From)) && (f.To == nil || t.Before(*f.To))
}

// IncludesSecond is Includes for seconds since 1970.
func (f Filter) IncludesSecond(at int64) bool { return f.Includes(time.Unix(at, 0)) }

// Timed says whether the filter chooses by time.
func (f Filter) Timed() bool { return f.From != nil || f.To != nil }

// InGroup says whether the filter lets a group through.
func (f Filter) InGroup(age, gender string) bool {
	return f.Group == nil || *f.Group == AgePrefix+age || *f.Group == GenderPrefix+gender
}
