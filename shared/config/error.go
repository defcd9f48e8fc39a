package config

import "strings"

// Problem is what is wrong with one variable.
type Problem struct {
	Variable string // name of the environment variable
	Text     string // what is wrong and what to do, to be read after the name
}

func (p Problem) String() string { return p.Variable + " " + p.Text }

// Error has all problems of a configuration.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return "invalid configuration: " + strings.Join(lines, "; ")
}
