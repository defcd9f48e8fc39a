package outline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/canonical"
)

// mostNamed is how many of what is missing an error names.
const mostNamed = 5

// assign finds the region of each feature, by its id, its name or an alias, as records name
// regions. Features of one region become one, which bears its id. Every region needs an
// outline, and every outline a region.
func assign(features []feature, regions []election.Region) ([]feature, error) {
	known := map[string]int{}
	for i, g := range regions {
		for _, name := range append([]string{g.ID, g.Name}, g.Aliases...) {
			known[canonical.Fold(name)] = i
		}
	}
	assigned := make([]feature, len(regions))
	var strange, missing []string
	for _, f := range features {
		i, ok := known[canonical.Fold(f.name)]
		if !ok {
			strange = append(strange, f.name)
			continue
		}
		assigned[i].polygons = append(assigned[i].polygons, f.polygons...)
	}
	for i, g := range regions {
		assigned[i].name = g.ID
		if assigned[i].polygons == nil {
			missing = append(missing, fmt.Sprintf("%s (%s)", g.ID, g.Name))
		}
	}
	switch {
	case len(features) == 0:
		return nil, fmt.Errorf("they have no features")
	case len(missing) == len(regions):
		return nil, fmt.Errorf("none of %s is a region: choose by property what names the regions", some(strange))
	case len(missing) > 0 && len(strange) > 0:
		return nil, fmt.Errorf("there are none of %s, and those of %s, which are no regions: name them alike", some(missing), some(strange))
	case len(missing) > 0:
		return nil, fmt.Errorf("there are none of %s: add them, or leave the outlines out", some(missing))
	case len(strange) > 0:
		return nil, fmt.Errorf("%s are no regions: leave them out, or list them as regions", some(strange))
	}
	return assigned, nil
}

// some lists the first of a list.
func some(list []string) string {
	slices.Sort(list)
	if more := len(list) - mostNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:mostNamed], ", "), more)
	}
	return strings.Join(list, ", ")
}
