package policy

import (
	"regexp"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// term is one comparison of a condition: resource.name or resource.type with a text.
type term struct{ attribute, operator, text string }

var (
	startsWith = regexp.MustCompile(`^resource\.(name)\.(startsWith|endsWith)\(\s*["']([^"']*)["']\s*\)$`)
	equals     = regexp.MustCompile(`^resource\.(name|type|service)\s*(==|!=)\s*["']([^"']*)["']$`)
)

// parse reads a condition: comparisons of resource.name, resource.type and
// resource.service with texts, all of which (&&) or one of which (||) must be true. The
// rest of CEL is refused by name.
func parse(expression string) ([][]term, error) {
	var anyOf [][]term
	for _, alternative := range strings.Split(expression, "||") {
		var all []term
		for _, text := range strings.Split(alternative, "&&") {
			text = strings.TrimSpace(text)
			m := startsWith.FindStringSubmatch(text)
			if m == nil {
				m = equals.FindStringSubmatch(text)
			}
			if m == nil {
				return nil, status.Errorf(codes.Unimplemented, "The emulator evaluates resource.name, resource.type and resource.service with ==, !=, startsWith and endsWith, && and ||, but not %q", text)
			}
			all = append(all, term{m[1], m[2], m[3]})
		}
		anyOf = append(anyOf, all)
	}
	return anyOf, nil
}

// holds reports whether the condition, which may be nil, is true of a resource.
func (c *Condition) holds(resource string) bool {
	if c == nil {
		return true
	}
	anyOf, err := parse(c.Expression)
	if err != nil {
		return false // Set refuses such a condition
	}
	service, name, _ := strings.Cut(strings.TrimPrefix(resource, "//"), "/")
	attributes := map[string]string{"name": name, "service": service, "type": service + "/" + kind(name)}
	for _, all := range anyOf {
		holds := true
		for _, t := range all {
			holds = holds && t.holds(attributes[t.attribute])
		}
		if holds {
			return true
		}
	}
	return false
}

// kind is the type of a resource in https://cloud.google.com/iam/docs/conditions-resource-attributes,
// behind the service: Bucket for projects/_/buckets/b.
func kind(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) < 2 {
		return ""
	}
	one := strings.TrimSuffix(parts[len(parts)-len(parts)%2-2], "s")
	if one == "" {
		return ""
	}
	return strings.ToUpper(one[:1]) + one[1:]
}

func (t term) holds(value string) bool {
	switch t.operator {
	case "==":
		return value == t.text
	case "!=":
		return value != t.text
	case "endsWith":
		return strings.HasSuffix(value, t.text)
	}
	return strings.HasPrefix(value, t.text)
}
