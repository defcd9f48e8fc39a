package filter

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// severityNames are the names of severities, in their order; each is 100 more than the last.
var severityNames = []string{"DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"}

// severity is the number of a severity, by its name or number.
func severity(s string) (int, bool) {
	if n := slices.Index(severityNames, strings.ToUpper(s)); n >= 0 {
		return n * 100, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// compare is the filter by which a field is compared with a value. A field that an entry
// doesn't have satisfies != and !~ only; the severity is DEFAULT then.
func compare(path []string, op string, value operand) (Filter, error) {
	v := value.text()
	negated := strings.HasPrefix(op, "!")
	var matches func(any) bool
	switch {
	case op == "=~" || op == "!~":
		re, err := regexp.Compile(v)
		if err != nil {
			return nil, err
		}
		matches = func(field any) bool { s, ok := text(field); return ok && re.MatchString(s) }
	case op == ":" && v == "*" && !value.quoted:
		matches = func(any) bool { return true }
	default:
		order, err := ordering(path, v)
		if err != nil {
			return nil, err
		}
		matches = func(field any) bool {
			if _, isText := field.(string); op == ":" && (isText || compound(field)) && path[0] != "severity" {
				return has(field, v)
			}
			n, ok := order(field)
			return ok && holds(n, strings.TrimPrefix(op, "!"))
		}
	}
	return func(entry map[string]any) bool {
		field := lookup(entry, path)
		if field == nil && len(path) == 1 && path[0] == "severity" {
			field = severityNames[0] // JSON leaves it out
		}
		return anyOf(field, matches) != negated
	}, nil
}

func holds(n int, op string) bool {
	switch op {
	case ">":
		return n > 0
	case ">=":
		return n >= 0
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	}
	return n == 0 // = and :
}

// ordering compares a field with a value as the field's type has it.
func ordering(path []string, v string) (func(any) (int, bool), error) {
	last := path[len(path)-1]
	if len(path) == 1 && last == "severity" {
		want, ok := severity(v)
		if !ok {
			return nil, fmt.Errorf("severity %q: want one of %s", v, strings.Join(severityNames, ", "))
		}
		return func(field any) (int, bool) {
			s, _ := field.(string)
			got, ok := severity(s)
			return cmp.Compare(got, want), ok
		}, nil
	}
	if len(path) == 1 && (strings.EqualFold(last, "timestamp") || last == "receiveTimestamp") {
		want, err := instant(v)
		if err != nil {
			return nil, err
		}
		return func(field any) (int, bool) {
			s, _ := field.(string)
			got, err := instant(s)
			return got.Compare(want), err == nil
		}, nil
	}
	return func(field any) (int, bool) { return order(field, v, path[0] == "httpRequest") }, nil
}

func instant(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("time %q: want one like 2026-11-29T07:00:00Z", s)
}

// order compares a field with a value. Texts are compared without regard to case; those of
// an HTTP request may be durations and large numbers.
func order(field any, v string, request bool) (int, bool) {
	switch field := field.(type) {
	case bool:
		want, err := strconv.ParseBool(strings.ToLower(v))
		return cmp.Compare(strconv.FormatBool(field), strconv.FormatBool(want)), err == nil
	case float64:
		want, err := strconv.ParseFloat(v, 64)
		return cmp.Compare(field, want), err == nil
	case string:
		if request {
			got, err := time.ParseDuration(field)
			want, err2 := time.ParseDuration(v)
			if err == nil && err2 == nil {
				return cmp.Compare(got, want), true
			}
			number, err := strconv.ParseFloat(field, 64)
			wanted, err2 := strconv.ParseFloat(v, 64)
			if err == nil && err2 == nil {
				return cmp.Compare(number, wanted), true
			}
		}
		return strings.Compare(strings.ToLower(field), strings.ToLower(v)), true
	}
	return 0, false
}

// lookup is the value of the field at a path; nil if there is none. A name in snake_case
// is that of JSON.
func lookup(v any, path []string) any {
	if len(path) == 0 {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		if inner, ok := v[path[0]]; ok {
			return lookup(inner, path[1:])
		}
		return lookup(v[api.Camel(path[0])], path[1:])
	case []any:
		var found []any
		for _, e := range v {
			if inner := lookup(e, path); inner != nil {
				found = append(found, inner)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// anyOf reports whether a field has a value, or one of several, that matches.
func anyOf(field any, matches func(any) bool) bool {
	if list, ok := field.([]any); ok {
		return slices.ContainsFunc(list, func(e any) bool { return anyOf(e, matches) })
	}
	return field != nil && matches(field)
}

func compound(v any) bool { _, ok := v.(map[string]any); return ok }

func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64, bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// has reports whether a text, or one within a value, has a part, whatever its case.
func has(v any, part string) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			if has(inner, part) {
				return true
			}
		}
		return false
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return has(e, part) })
	}
	s, ok := text(v)
	return ok && strings.Contains(strings.ToLower(s), strings.ToLower(part))
}

// contains wants entries with a text in any field.
func contains(part string) Filter { return func(e map[string]any) bool { return has(e, part) } }

// function reads a function's arguments, behind the parenthesis.
func (p *parser) function(name string) (Filter, error) {
	at := p.at
	var args []operand
	for !p.take(")") {
		if len(args) > 0 && !p.take(",") {
			return nil, p.errorf("a ) is missing")
		}
		arg, err := p.operand()
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	f, err := call(name, args)
	if err != nil {
		p.at = at
		return nil, p.errorf("%s: %v", name, err)
	}
	return f, nil
}

var errArguments = errors.New("its arguments are others")

func call(name string, args []operand) (Filter, error) {
	switch {
	case strings.EqualFold(name, "SEARCH") && len(args) > 0 && len(args) < 3:
		words := strings.FieldsFunc(args[len(args)-1].text(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		return func(e map[string]any) bool {
			var in any = e
			if len(args) == 2 {
				in = lookup(e, args[0].parts)
			}
			return !slices.ContainsFunc(words, func(word string) bool { return !has(in, word) })
		}, nil
	case name == "log_id" && len(args) == 1:
		return func(e map[string]any) bool {
			s, _ := e["logName"].(string)
			_, id, _ := strings.Cut(s, "/logs/")
			id, err := url.PathUnescape(id)
			return err == nil && id == args[0].text()
		}, nil
	case name == "ip_in_net" && len(args) == 2:
		net, err := netip.ParsePrefix(args[1].text())
		return func(e map[string]any) bool {
			return anyOf(lookup(e, args[0].parts), func(v any) bool {
				s, _ := v.(string)
				ip, err := netip.ParseAddr(s)
				return err == nil && net.Contains(ip)
			})
		}, err
	case name == "sample" && len(args) == 2:
		share, err := strconv.ParseFloat(args[1].text(), 64)
		if err != nil || share < 0 || share > 1 {
			return nil, fmt.Errorf("the share %q: want 0 to 1", args[1].text())
		}
		return func(e map[string]any) bool {
			s, ok := text(lookup(e, args[0].parts))
			h := fnv.New64a()
			_, _ = h.Write([]byte(s)) // never fails
			return ok && float64(h.Sum64()%1e6) < share*1e6
		}, nil
	case strings.EqualFold(name, "SEARCH"), name == "log_id", name == "ip_in_net", name == "sample":
		return nil, errArguments
	}
	return nil, errors.New("the emulator has no such function")
}
