package api

import "strings"

// Camel is a field's name in snake_case as JSON has it.
func Camel(field string) string {
	parts := strings.Split(field, "_")
	for n, part := range parts[1:] {
		if part != "" {
			parts[n+1] = strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return strings.Join(parts, "")
}
