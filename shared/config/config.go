// Package config reads settings from environment variables.
//
// An [Env] reads one variable after another and collects all problems, so that they are
// reported at once. A problem names the variable, its value (never a secret's) and the
// remedy. The environment is a function: programs pass os.Getenv, tests and the local
// runner pass one over a map.
//
// There are no files, no flags and no reflection. A package has its own Config type and
// fills it from an Env.
package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// Env reads variables of one environment. The zero value isn't usable; see
// [From].
type Env struct {
	lookup   func(string) string
	problems []Problem
}

// From returns a reader of an environment. lookup returns the text of a variable; an
// empty text means that the variable isn't set.
func From(lookup func(string) string) *Env { return &Env{lookup: lookup} }

// FromMap returns a lookup function over fixed settings.
func FromMap(settings map[string]string) func(string) string {
	return func(name string) string { return settings[name] }
}

// Err returns all problems so far as one [*Error], or nil if there are none.
func (e *Env) Err() error {
	if len(e.problems) == 0 {
		return nil
	}
	return &Error{Problems: e.problems}
}

// Fail adds a problem that the caller has found. The text is read after the name.
func (e *Env) Fail(name, format string, args ...any) {
	e.problems = append(e.problems, Problem{Variable: name, Text: fmt.Sprintf(format, args...)})
}

// Raw returns the variable's text without surrounding white space.
func (e *Env) Raw(name string) string { return strings.TrimSpace(e.lookup(name)) }

// String returns the variable's text, or fallback if it is empty.
func (e *Env) String(name, fallback string) string {
	if v := e.Raw(name); v != "" {
		return v
	}
	return fallback
}

// Required returns the variable's text. It is a problem if that is empty; remedy says
// what to set it to.
func (e *Env) Required(name, remedy string) string {
	v := e.Raw(name)
	if v == "" {
		e.Fail(name, "is not set: %s", remedy)
	}
	return v
}

// Secret returns a variable that must have at least minimum bytes. Its white space is
// kept. No problem shows its value.
func (e *Env) Secret(name string, minimum int, remedy string) []byte {
	v := e.lookup(name)
	switch {
	case v == "":
		e.Fail(name, "is not set: %s", remedy)
	case len(v) < minimum:
		e.Fail(name, "holds %d bytes, fewer than %d: %s", len(v), minimum, remedy)
	}
	return []byte(v)
}

// Bool returns the variable as a bool, in the forms that strconv.ParseBool takes.
func (e *Env) Bool(name string, fallback bool) bool {
	v := e.Raw(name)
	if v == "" {
		return fallback
	}
	b, err := strconv.ParseBool(v)
	if err != nil {
		e.Fail(name, "is %q: set it to true or false", v)
		return fallback
	}
	return b
}

// Int returns the variable as a whole number between least and most.
func (e *Env) Int(name string, fallback, least, most int) int {
	v := e.Raw(name)
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		e.Fail(name, "is %q: set it to a whole number from %d to %d", v, least, most)
		return fallback
	}
	return n
}

// Duration returns the variable as a duration between least and most. It is written with
// units ("250ms", "1m30s"), or as a number, which is multiplied by unit.
func (e *Env) Duration(name string, fallback, unit, least, most time.Duration) time.Duration {
	v := e.Raw(name)
	if v == "" {
		return fallback
	}
	d, err := time.ParseDuration(v)
	if f, ferr := strconv.ParseFloat(v, 64); ferr == nil {
		d, err = time.Duration(f*float64(unit)), nil
	}
	if err != nil || d < least || d > most {
		e.Fail(name, "is %q: set it to a time from %v to %v (a number without a unit is one of %s)", v, least, most, unitName(unit))
		return fallback
	}
	return d
}

// unitName returns a unit in the plural, for a problem's text.
func unitName(unit time.Duration) string {
	switch unit {
	case time.Second:
		return "seconds"
	case time.Millisecond:
		return "milliseconds"
	}
	return "times " + unit.String()
}

// List returns the comma-separated parts of the variable, without white space and without
// empty parts; fallback if there are none.
func (e *Env) List(name string, fallback ...string) []string {
	var list []string
	for part := range strings.SplitSeq(e.lookup(name), ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	if list == nil {
		return fallback
	}
	return list
}

// OneOf returns the variable in lower case. It must be one of allowed.
func (e *Env) OneOf(name, fallback string, allowed ...string) string {
	v := strings.ToLower(e.Raw(name))
	if v == "" {
		return fallback
	}
	for _, a := range allowed {
		if v == a {
			return v
		}
	}
	e.Fail(name, "is %q: set it to one of %s", v, strings.Join(allowed, ", "))
	return fallback
}

// Addresses returns a list of host:port pairs.
func (e *Env) Addresses(name string, fallback ...string) []string {
	list := e.List(name, fallback...)
	for _, a := range list {
		if !isAddress(a) {
			e.Fail(name, "names %q: write each address as host:port", a)
		}
	}
	return list
}

// Address returns one host:port pair, or an empty text if the variable is empty. It
// removes http://, which some programs put before an address.
func (e *Env) Address(name string) string {
	v := strings.TrimSuffix(strings.TrimPrefix(e.Raw(name), "http://"), "/")
	if v != "" && !isAddress(v) {
		e.Fail(name, "is %q: write it as host:port", v)
	}
	return v
}

func isAddress(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil || host == "" || strings.ContainsAny(host, "/ ") {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}
