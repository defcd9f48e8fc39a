package simulate

import (
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// spellings are ways to write a name that mean the same on a ballot: another
// case of the letters, blanks around it, the id, an alias, other typings.
func spellings(id, name string, aliases []string) []string {
	all := append([]string{id, strings.ToLower(id), " " + name}, aliases...)
	upper, lower := strings.ToUpper(name), strings.ToLower(name)
	if strings.ToLower(upper) == lower { // which isn't so with ß
		all = append(all, upper)
	}
	return escaped(append(all, typings(name)...))
}

// typings are ways to type a name that look the same: combining accents,
// non-breaking blanks, marks of no width.
func typings(name string) []string {
	return []string{
		norm.NFD.String(name), strings.ReplaceAll(name, " ", "\u00a0"), "\ufeff" + name, name + "\u200b", "\u200e" + name + "\u200f",
	}
}

func escaped(texts []string) []string {
	for i := range texts {
		texts[i] = escape(texts[i])
	}
	return texts
}

// escape returns a text as it is written between the quotes of JSON.
func escape(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("simulate: %q as JSON: %v", s, err))
	}
	return string(b[1 : len(b)-1])
}
