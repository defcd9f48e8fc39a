package text

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	jsonfunc "github.com/tallystream/tallystream/emulator/bigquery/functions/json"
)

// printed is %t, or %T: a value as a literal of its type.
func printed(typ string, v driver.Value, literal bool) string {
	if v == nil {
		return "NULL"
	}
	s, _ := v.(string)
	kind, _, _ := strings.Cut(typ, "<")
	switch kind {
	case "ARRAY", "STRUCT":
		var x any
		d := json.NewDecoder(strings.NewReader(s))
		d.UseNumber()
		if d.Decode(&x) != nil {
			return s
		}
		return printedJSON(s, kind == "ARRAY", typ, literal)
	case "FLOAT64":
		if literal && !strings.ContainsAny(s, ".eNI") {
			return s + ".0"
		}
		if literal && strings.ContainsAny(s, "NI") {
			return `CAST("` + strings.ToLower(s) + `" AS FLOAT64)`
		}
		if !strings.ContainsAny(s, ".eNI") {
			return s + ".0"
		}
		return s
	case "BYTES":
		return bytesText(s, literal)
	}
	if !literal {
		return s
	}
	switch kind {
	case "STRING":
		return quotedLiteral(s)
	case "DATE", "TIMESTAMP", "DATETIME", "TIME", "NUMERIC", "BIGNUMERIC", "JSON":
		return kind + " " + quotedLiteral(s)
	}
	return s
}

// quotedLiteral quotes text with the quote that it doesn't contain.
func quotedLiteral(s string) string {
	q := strconv.Quote(s)
	if strings.Contains(s, `"`) && !strings.Contains(s, "'") {
		return "'" + strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`) + "'"
	}
	return q
}

// bytesText writes bytes, which come as hexadecimal digits.
func bytesText(digits string, literal bool) string {
	var b strings.Builder
	for i := 0; i+1 < len(digits); i += 2 {
		n, err := strconv.ParseUint(digits[i:i+2], 16, 8)
		if err != nil {
			return digits
		}
		if n >= 32 && n < 127 {
			b.WriteByte(byte(n))
		} else {
			fmt.Fprintf(&b, `\x%02x`, n)
		}
	}
	if literal {
		return `b"` + b.String() + `"`
	}
	return b.String()
}

// printedJSON prints an array or struct that comes as JSON.
func printedJSON(s string, list bool, typ string, literal bool) string {
	v, err := jsonfunc.Parse(s)
	if err != nil {
		return s
	}
	return printedValue(v, typ, literal)
}

func printedValue(v any, typ string, literal bool) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(typ, "ARRAY<"), "STRUCT<"), ">")
	var parts []string
	switch x := v.(type) {
	case nil:
		return "NULL"
	case []any:
		for _, e := range x {
			parts = append(parts, printedValue(e, inner, literal))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *jsonfunc.Object:
		types := fieldTypes(inner)
		for i, k := range x.Keys {
			t := ""
			if i < len(types) {
				t = types[i]
			}
			parts = append(parts, printedValue(x.Values[k], t, literal))
		}
		return "(" + strings.Join(parts, ", ") + ")"
	case bool:
		return strconv.FormatBool(x)
	case json.Number:
		return printed(typ, x.String(), literal)
	case string:
		return printed(typ, x, literal)
	}
	return ""
}

// fieldTypes are the types of the fields of a STRUCT.
func fieldTypes(fields string) []string {
	var list []string
	depth, start := 0, 0
	add := func(def string) {
		def = strings.TrimSpace(def)
		if name, typ, ok := strings.Cut(def, " "); ok && !strings.ContainsAny(name, "<,") {
			def = typ
		}
		list = append(list, def)
	}
	for i := range len(fields) {
		switch fields[i] {
		case '<':
			depth++
		case '>':
			depth--
		case ',':
			if depth == 0 {
				add(fields[start:i])
				start = i + 1
			}
		}
	}
	add(fields[start:])
	return list
}
