// Package config reads settings from an environment.
//
// An [Env] is asked for one variable after another and remembers every
// problem, so that whoever starts a program is told all of them at once, each
// with the variable, its value (never a secret's) and the remedy. The
// environment is a function: programs pass os.Getenv, tests and the local
// runner pass a map's.
//
// It isn't a framework: there are no files, no flags and no reflection. A
// package keeps its own Config type and fills it from an Env.
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

// From returns a reader of the environment that lookup describes. A variable
// that isn't set and one that is empty are the same.
func From(lookup func(string) string) *Env { return &Env{lookup: lookup} }

// FromMap returns a lookup function over fixed settings.
func FromMap(settings map[string]string) func(string) string {
	return func(name string) string { return settings[name] }
}

// Err returns every problem so far as one [*Error], or nil.
func (e *Env) Err() error {
	if len(e.problems) == 0 {
		return nil
	}
	return &Error{Problems: e.problems}
}

// Fail records a problem with a variable that the caller found itself.
func (e *Env) Fail(name, format string, args ...any) {
	e.problems = append(e.problems, Problem{Variable: name, Text: fmt.Sprintf(format, args...)})
}

// Raw returns the variable's text, without the blanks around it.
func (e *Env) Raw(name string) string { return strings.TrimSpace(e.lookup(name)) }

// String returns the variable's text, or fallback where it is empty.
func (e *Env) String(name, fallback string) string {
	if v := e.Raw(name); v != "" {
		return v
	}
	return fallback
}

// Required returns the variable's text; remedy says what to set it to.
func (e *Env) Required(name, remedy string) string {
	v := e.Raw(name)
	if v == "" {
		e.Fail(name, "is not set: %s", remedy)
	}
	return v
}

// Secret returns a variable that must hold at least minimum bytes. Its value
// is kept as it is, blanks included, and never shows in a problem.
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

// Bool returns the variable as true or false, written as strconv.ParseBool
// takes it.
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

// Duration returns the variable as a length of time between least and most:
// a number with a unit ("250ms", "1m30s"), or a bare number of units.
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

func unitName(unit time.Duration) string {
	switch unit {
	case time.Second:
		return "seconds"
	case time.Millisecond:
		return "milliseconds"
	}
	return "times " + unit.String()
}

// List returns the comma-separated parts of the variable, without blanks and
// empty parts.
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

// OneOf returns the variable in lower case, which must be one of allowed.
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

// Address returns one host:port pair, without the http:// that some programs
// export before it; empty where the variable is.
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
