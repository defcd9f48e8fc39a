package governance

import (
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// ParseName is the name of a data policy that a statement names, project.region-us.policy. Without its
// project it is one of the given project, where that isn't "".
func ParseName(path []string, project string) (string, error) {
	p := strings.Split(strings.Join(path, "."), ".")
	if len(p) == 2 && project != "" {
		p = append([]string{project}, p...)
	}
	if len(p) == 3 {
		if location, ok := strings.CutPrefix(strings.ToLower(p[1]), "region-"); ok && location != "" && p[0] != "" {
			return "projects/" + p[0] + "/locations/" + location + "/dataPolicies/" + p[2], nil
		}
	}
	return "", bqerror.Query("Invalid name of a data policy: %s. It is project.region-LOCATION.policy, like myproject.region-us.hashed.", strings.Join(path, "."))
}
