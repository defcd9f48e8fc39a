package text

import (
	"bytes"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
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
		return printedParts(s, kind, typ, literal)
	case "FLOAT64":
		s = strings.Replace(s, "Infinity", "inf", 1)
		if literal && !strings.ContainsAny(s, ".eNni") {
			return s + ".0"
		}
		if literal && strings.ContainsAny(s, "Nni") {
			return `CAST("` + strings.ToLower(s) + `" AS FLOAT64)`
		}
		if !strings.ContainsAny(s, ".eNni") {
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
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return digits
	}
	var b strings.Builder
	quote := byte('"')
	if bytes.IndexByte(raw, '"') >= 0 && bytes.IndexByte(raw, '\'') < 0 {
		quote = '\''
	}
	for _, c := range raw {
		escape, special := map[byte]string{'\n': `\n`, '\r': `\r`, '\t': `\t`, '\\': `\\`}[c]
		switch {
		case special:
			b.WriteString(escape)
		case c == quote || c == '\'' && !literal || c == '"' && !literal:
			b.WriteString(`\` + string(c))
		case c >= 32 && c < 127:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	if literal {
		return "b" + string(quote) + b.String() + string(quote)
	}
	return b.String()
}

// printedParts prints an array or a struct, which comes as a list in JSON of the texts of its parts. A literal of a struct
// of one field says that it is one
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#t_and_t_behavior).
func printedParts(s, kind, typ string, literal bool) string {
	var parts []json.RawMessage
	if err := json.Unmarshal([]byte(s), &parts); err != nil {
		return s
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(typ, kind+"<"), ">")
	of := []string{inner}
	if kind == "STRUCT" {
		of = fieldTypes(inner)
	}
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = printedPart(p, of[i%len(of)], literal)
	}
	all := strings.Join(texts, ", ")
	switch {
	case kind == "ARRAY":
		return "[" + all + "]"
	case literal && len(parts) == 1:
		return "STRUCT(" + all + ")"
	}
	return "(" + all + ")"
}

func printedPart(p json.RawMessage, typ string, literal bool) string {
	var text *string
	if json.Unmarshal(p, &text) != nil {
		return printed(typ, string(p), literal) // it is structured itself
	}
	if text == nil {
		return printed(typ, nil, literal)
	}
	return printed(typ, *text, literal)
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
