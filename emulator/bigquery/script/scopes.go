package script

import (
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Variable is a variable of a script; its value is DuckDB's.
type Variable struct {
	Name  string
	Type  *types.Type
	Value any
	// Declared is the type as DECLARE writes it, with its parameters; "" for none.
	Declared string
}

// Scopes are the variables of the blocks around a statement, innermost last.
type Scopes [][]*Variable

// Find finds a variable by its name, from the innermost block outwards; nil for none.
func (s Scopes) Find(name string) *Variable {
	for i := len(s) - 1; i >= 0; i-- {
		for _, v := range s[i] {
			if strings.EqualFold(v.Name, name) {
				return v
			}
		}
	}
	return nil
}

// Types lists the variables in scope, inner ones hiding outer ones.
func (s Scopes) Types() []resolved.Variable {
	var out []resolved.Variable
	seen := map[string]bool{}
	for i := len(s) - 1; i >= 0; i-- {
		for _, v := range s[i] {
			if key := strings.ToLower(v.Name); !seen[key] {
				seen[key] = true
				out = append(out, resolved.Variable{Name: v.Name, Type: v.Type})
			}
		}
	}
	return out
}
