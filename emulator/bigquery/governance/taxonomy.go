package governance

import (
	"context"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// fineGrained is the type of policies that a taxonomy activates to have its tags protect columns.
const fineGrained = "FINE_GRAINED_ACCESS_CONTROL"

// Taxonomy is Data Catalog's
// (https://cloud.google.com/data-catalog/docs/reference/rest/v1/projects.locations.taxonomies).
type Taxonomy struct {
	Name                 string      `json:"name,omitempty"`
	DisplayName          string      `json:"displayName,omitempty"`
	Description          string      `json:"description,omitempty"`
	PolicyTagCount       int         `json:"policyTagCount,omitempty"` // output
	ActivatedPolicyTypes []string    `json:"activatedPolicyTypes,omitempty"`
	Timestamps           *Timestamps `json:"taxonomyTimestamps,omitempty"` // output
}

// Timestamps are when a resource was made and changed.
type Timestamps struct {
	Create string `json:"createTime,omitempty"`
	Update string `json:"updateTime,omitempty"`
}

// PolicyTag is a tag of a taxonomy
// (https://cloud.google.com/data-catalog/docs/reference/rest/v1/projects.locations.taxonomies.policyTags).
type PolicyTag struct {
	Name        string   `json:"name,omitempty"`
	DisplayName string   `json:"displayName,omitempty"`
	Description string   `json:"description,omitempty"`
	Parent      string   `json:"parentPolicyTag,omitempty"`
	Children    []string `json:"childPolicyTags,omitempty"` // output
}

const (
	maxDisplayName = 200  // bytes
	maxDescription = 2000 // bytes
	maxDepth       = 5    // of a tag below the taxonomy
)

// displayName is what Data Catalog takes for one.
var displayName = regexp.MustCompile(`^[\pL\pN_-]([\pL\pN_ -]*[\pL\pN_-])?$`)

func checkNames(display, description string) error {
	switch {
	case display == "":
		return bqerror.Invalid("Required parameter is missing: displayName")
	case len(display) > maxDisplayName || !displayName.MatchString(display):
		return bqerror.Invalid("Invalid displayName %q: it has letters, numbers, underscores, dashes and, between them, spaces; at most %d bytes", display, maxDisplayName)
	case len(description) > maxDescription:
		return bqerror.Invalid("The description has %d bytes, more than %d", len(description), maxDescription)
	}
	return nil
}

// taxonomyOf is the name of the taxonomy of a tag.
func taxonomyOf(tag string) string {
	name, _, _ := strings.Cut(tag, "/policyTags/")
	return name
}

// cutCollection is the id of a resource of a collection.
func cutCollection(name, collection string) (id string, ok bool) {
	id, ok = strings.CutPrefix(name, collection+"/")
	return id, ok && !strings.Contains(id, "/")
}

func sortedNames[T any](m map[string]*T) []string { return slices.Sorted(maps.Keys(m)) }

// newID is the id of a new resource, a number as Data Catalog makes it.
func newID() string { return strconv.FormatUint(rand.Uint64()>>1|1<<60, 10) }

// Taxonomies are those of a location, projects/p/locations/us.
func (s *Store) Taxonomies(location string) []*Taxonomy {
	st := s.state.Load()
	list := []*Taxonomy{}
	for _, t := range below(st.taxonomies, location+"/taxonomies") {
		list = append(list, st.counted(t))
	}
	return list
}

// counted is a taxonomy with the number of its tags.
func (st *state) counted(t *Taxonomy) *Taxonomy {
	c := *t
	c.PolicyTagCount = len(below(st.tags, t.Name+"/policyTags"))
	return &c
}

// Taxonomy finds a taxonomy by its name.
func (s *Store) Taxonomy(name string) (*Taxonomy, error) {
	st := s.state.Load()
	if t := st.taxonomies[name]; t != nil {
		return st.counted(t), nil
	}
	return nil, bqerror.NotFound("Taxonomy", name)
}

func (st *state) checkTaxonomy(t *Taxonomy) error {
	if err := checkNames(t.DisplayName, t.Description); err != nil {
		return err
	}
	for _, p := range t.ActivatedPolicyTypes {
		if p != fineGrained {
			return bqerror.Invalid("Invalid value for activatedPolicyTypes: %q", p)
		}
	}
	for name, other := range st.taxonomies {
		if name != t.Name && other.DisplayName == t.DisplayName && locationOf(name) == locationOf(t.Name) {
			return bqerror.Duplicate("Taxonomy", strconv.Quote(t.DisplayName))
		}
	}
	return nil
}

// locationOf is projects/p/locations/l of the name of a resource.
func locationOf(name string) string {
	parts := strings.SplitN(name, "/", 5)
	return strings.Join(parts[:min(4, len(parts))], "/")
}

// CreateTaxonomy makes a taxonomy in a location.
func (s *Store) CreateTaxonomy(ctx context.Context, location string, t Taxonomy) (*Taxonomy, error) {
	t.Name, t.PolicyTagCount = location+"/taxonomies/"+newID(), 0
	t.Timestamps = &Timestamps{s.stamp(), s.stamp()}
	return &t, s.change(ctx, func(st *state) error {
		st.taxonomies[t.Name] = &t
		return st.checkTaxonomy(&t)
	})
}

// UpdateTaxonomy puts what change makes of a taxonomy in its place.
func (s *Store) UpdateTaxonomy(ctx context.Context, name string, change func(*Taxonomy) error) (*Taxonomy, error) {
	var out *Taxonomy
	err := s.change(ctx, func(st *state) error {
		old, t, err := changed(st.taxonomies, "Taxonomy", name, change)
		if err != nil {
			return err
		}
		t.Name, t.Timestamps = name, &Timestamps{old.Timestamps.Create, s.stamp()}
		st.taxonomies[name] = t
		if len(t.ActivatedPolicyTypes) == 0 && st.governed(name) {
			return bqerror.Invalid("Taxonomy %s has data policies: delete them before its access control is turned off", name)
		}
		out = st.counted(t)
		return st.checkTaxonomy(t)
	})
	return out, err
}

// governed reports whether a taxonomy has data policies, which turn its access control on.
func (st *state) governed(taxonomy string) bool {
	for _, p := range st.policies {
		if p.PolicyTag != "" && taxonomyOf(p.PolicyTag) == taxonomy {
			return true
		}
	}
	return false
}

// DeleteTaxonomy deletes a taxonomy with its tags and their data policies.
func (s *Store) DeleteTaxonomy(ctx context.Context, name string) error {
	return s.change(ctx, func(st *state) error {
		if st.taxonomies[name] == nil {
			return bqerror.NotFound("Taxonomy", name)
		}
		delete(st.taxonomies, name)
		delete(st.iam, name)
		for _, tag := range below(st.tags, name+"/policyTags") {
			st.drop(tag.Name)
		}
		return nil
	})
}

// drop removes a tag with its data policies.
func (st *state) drop(tag string) {
	delete(st.tags, tag)
	delete(st.iam, tag)
	for name, p := range st.policies {
		if p.PolicyTag == tag {
			delete(st.policies, name)
			delete(st.iam, name)
		}
	}
}

// Tags are those of a taxonomy.
func (s *Store) Tags(taxonomy string) ([]*PolicyTag, error) {
	st := s.state.Load()
	if st.taxonomies[taxonomy] == nil {
		return nil, bqerror.NotFound("Taxonomy", taxonomy)
	}
	list := []*PolicyTag{}
	for _, t := range below(st.tags, taxonomy+"/policyTags") {
		list = append(list, st.withChildren(t))
	}
	return list, nil
}

func (st *state) withChildren(t *PolicyTag) *PolicyTag {
	c := *t
	c.Children = nil
	for _, other := range below(st.tags, taxonomyOf(t.Name)+"/policyTags") {
		if other.Parent == t.Name {
			c.Children = append(c.Children, other.Name)
		}
	}
	return &c
}

// Tag finds a policy tag by its name.
func (s *Store) Tag(name string) (*PolicyTag, error) {
	st := s.state.Load()
	if t := st.tags[name]; t != nil {
		return st.withChildren(t), nil
	}
	return nil, bqerror.NotFound("Policy tag", name)
}

// chain are a tag and those above it.
func (st *state) chain(tag string) []*PolicyTag {
	var list []*PolicyTag
	for t := st.tags[tag]; t != nil && len(list) <= maxDepth; t = st.tags[t.Parent] {
		list = append(list, t)
	}
	return list
}

func (st *state) checkTag(t *PolicyTag) error {
	if err := checkNames(t.DisplayName, t.Description); err != nil {
		return err
	}
	taxonomy := taxonomyOf(t.Name)
	if t.Parent != "" && (st.tags[t.Parent] == nil || taxonomyOf(t.Parent) != taxonomy) {
		return bqerror.NotFound("Policy tag", t.Parent)
	}
	for _, other := range below(st.tags, taxonomy+"/policyTags") {
		if other.Name != t.Name && other.DisplayName == t.DisplayName {
			return bqerror.Duplicate("Policy tag", strconv.Quote(t.DisplayName))
		}
		if len(st.chain(other.Name)) > maxDepth {
			return bqerror.Invalid("The policy tag %q would be more than %d levels below its taxonomy, or below itself", t.DisplayName, maxDepth)
		}
	}
	return nil
}

// CreateTag makes a policy tag in a taxonomy.
func (s *Store) CreateTag(ctx context.Context, taxonomy string, t PolicyTag) (*PolicyTag, error) {
	t.Name, t.Children = taxonomy+"/policyTags/"+newID(), nil
	return &t, s.change(ctx, func(st *state) error {
		if st.taxonomies[taxonomy] == nil {
			return bqerror.NotFound("Taxonomy", taxonomy)
		}
		st.tags[t.Name] = &t
		return st.checkTag(&t)
	})
}

// UpdateTag puts what change makes of a policy tag in its place.
func (s *Store) UpdateTag(ctx context.Context, name string, change func(*PolicyTag) error) (*PolicyTag, error) {
	var out *PolicyTag
	err := s.change(ctx, func(st *state) error {
		_, t, err := changed(st.tags, "Policy tag", name, change)
		if err != nil {
			return err
		}
		t.Name, t.Children = name, nil
		st.tags[name] = t
		out = st.withChildren(t)
		return st.checkTag(t)
	})
	return out, err
}

// Descendants are the names of a tag and of all below it; of a taxonomy those of all its tags.
func (s *Store) Descendants(name string) []string {
	st := s.state.Load()
	var list []string
	for _, t := range below(st.tags, taxonomyOf(name)+"/policyTags") {
		if taxonomyOf(name) == name || slices.ContainsFunc(st.chain(t.Name), func(up *PolicyTag) bool { return up.Name == name }) {
			list = append(list, t.Name)
		}
	}
	return list
}

// DeleteTag deletes a policy tag, those below it, and their data policies.
func (s *Store) DeleteTag(ctx context.Context, name string) error {
	return s.change(ctx, func(st *state) error {
		if st.tags[name] == nil {
			return bqerror.NotFound("Policy tag", name)
		}
		for _, gone := range s.Descendants(name) {
			st.drop(gone)
		}
		return nil
	})
}
