package rewrite

import "strings"

// Project puts another project in the place of one in names in backticks that begin with it. ok is false where the
// statement has the project's name without what is in it: that may be the name of something else.
func Project(sql, project, other string) (out string, ok bool) {
	var b strings.Builder
	end := 0
	for _, t := range tokens(sql) {
		name := strings.Trim(t.text, "`")
		alone := strings.EqualFold(name, project) && (t.kind == word || name != t.text)
		switch {
		case alone && (t.kind == word || !strings.HasPrefix(sql[t.end:], ".")):
			return "", false
		case t.kind == text && (name == project && alone || strings.HasPrefix(t.text, "`"+project+".")):
			b.WriteString(sql[end:t.start] + "`" + other)
			end = t.start + len("`"+project)
		}
	}
	return b.String() + sql[end:], true
}
