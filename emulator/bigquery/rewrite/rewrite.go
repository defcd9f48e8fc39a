// Package rewrite gives calls of functions a form that the analyzer's binding can be told of: that
// has no names of arguments, and no table functions whose columns depend on several tables.
//
// It knows the text of a statement only: no types, no tables.
package rewrite

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// Edit is a call and what stands in its place.
type Edit struct{ From, To string }

// rewriters are what calls are written as, by the functions' names in capitals.
var rewriters = map[string]func(args []argument) string{
	"SEARCH":        positional("SEARCH", 2, "JSON_SCOPE", "ANALYZER", "ANALYZER_OPTIONS"),
	"TEXT_ANALYZE":  positional("TEXT_ANALYZE", 1, "ANALYZER", "ANALYZER_OPTIONS"),
	"BAG_OF_WORDS":  bagOfWords,
	"TF_IDF":        tfIDF,
	"ML.DISTANCE":   distance,
	"VECTOR_SEARCH": vectorSearch,
}

// mentioned finds out fast that a statement has no such call.
var mentioned = regexp.MustCompile(`(?i)\b((search|vector_search|text_analyze|bag_of_words|tf_idf|distance)\s*\(|data_policies\s*\+=)`)

// Calls rewrites the calls in a statement, and returns what it has changed.
func Calls(sql string) (out string, edits []Edit, err error) {
	defer bqerror.Catch(&err)
	if !mentioned.MatchString(sql) {
		return sql, nil, nil
	}
	out, edits = calls(sql)
	out, added := addedOptions(out)
	return out, append(edits, added...), nil
}

// Undo puts the calls of a statement's author into a part of what Calls returned.
func Undo(part string, edits []Edit) string {
	for _, e := range slices.Backward(edits) {
		part = strings.ReplaceAll(part, e.To, e.From)
	}
	return part
}

// calls rewrites the innermost calls first.
func calls(sql string) (string, []Edit) {
	var b strings.Builder
	var edits []Edit
	copied := 0
	list := tokens(sql)
	for i := 0; i < len(list); i++ {
		name, open := functionAt(list, i)
		rewriter := rewriters[name]
		if rewriter == nil {
			continue
		}
		args, closing := arguments(sql, list, open)
		if closing < 0 {
			return sql, nil // the analyzer says what is wrong
		}
		var inner []Edit
		for a := range args {
			var more []Edit
			args[a].text, more = calls(args[a].text)
			inner = append(inner, more...)
		}
		if name == "TF_IDF" {
			closing = emptyOver(list, closing)
		}
		to := rewriter(args)
		from := sql[list[i].start:list[closing].end]
		b.WriteString(sql[copied:list[i].start] + to)
		copied = list[closing].end
		edits = append(append(edits, inner...), Edit{Undo(from, nil), to})
		i = closing
	}
	return b.String() + sql[copied:], edits
}

// functionAt is the name in capitals of a function that is called at a token, and the index of the
// parenthesis after it; "" for none.
func functionAt(list []token, i int) (name string, open int) {
	if list[i].kind != word || i > 0 && list[i-1].text == "." {
		return "", 0
	}
	open, name = i+1, strings.ToUpper(list[i].text)
	if name == "ML" && i+2 < len(list) && list[i+1].text == "." {
		open, name = i+3, "ML."+strings.ToUpper(list[i+2].text)
	}
	if open >= len(list) || list[open].text != "(" || i > 0 && strings.EqualFold(list[i-1].text, "FUNCTION") {
		return "", 0
	}
	return name, open
}

// argument is an argument of a call, with its name in capitals or "".
type argument struct{ name, text string }

// arguments splits what is in parentheses, and returns the index of the closing one, -1 for none.
func arguments(sql string, list []token, open int) (args []argument, closing int) {
	depth, start := 0, open+1
	add := func(end int) {
		if end == start {
			return
		}
		a := argument{text: sql[list[start].start:list[end-1].end]}
		if end-start > 2 && list[start].kind == word && list[start+1].text == "=>" {
			a = argument{strings.ToUpper(list[start].text), sql[list[start+2].start:list[end-1].end]}
		}
		args = append(args, a)
	}
	for i := open; i < len(list); i++ {
		switch list[i].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				add(i)
				return args, i
			}
		case ",":
			if depth == 1 {
				add(i)
				start = i + 1
			}
		}
	}
	return nil, -1
}

// positional is a call whose first n arguments have no names, and whose others are called so.
func positional(function string, n int, names ...string) func([]argument) string {
	return func(args []argument) string {
		given := map[string]string{}
		var texts []string
		for _, a := range args {
			switch {
			case a.name == "" && len(given) > 0:
				bqerror.Throw(bqerror.Query("Call to function %s must not specify positional arguments after named arguments", function))
			case a.name == "":
				texts = append(texts, a.text)
			case !slices.Contains(names, a.name):
				bqerror.Throw(bqerror.Query("Named argument `%s` not found in signature for call to function %s", strings.ToLower(a.name), function))
			case given[a.name] != "":
				bqerror.Throw(bqerror.Query("Duplicate named argument `%s` found in call to function %s", strings.ToLower(a.name), function))
			default:
				given[a.name] = a.text
			}
		}
		if len(texts) > n {
			bqerror.Throw(bqerror.Query("Positional argument is invalid because this function restricts that this argument is referred to by name `%s` only, in call to function %s", strings.ToLower(names[0]), function))
		}
		for i := len(texts); len(given) > 0 && i < n; i++ {
			bqerror.Throw(bqerror.Query("No matching signature for function %s: it has %d arguments without a name", function, n))
		}
		for _, name := range names {
			if len(given) == 0 {
				break
			}
			text, ok := given[name]
			if !ok {
				text = "NULL"
			}
			delete(given, name)
			texts = append(texts, text)
		}
		return function + "(" + strings.Join(texts, ", ") + ")"
	}
}

// bagOfWords counts the terms of an array
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/text-analysis-functions#bag_of_words).
func bagOfWords(args []argument) string {
	if len(args) != 1 || args[0].name != "" {
		bqerror.Throw(bqerror.Query("No matching signature for function BAG_OF_WORDS: it takes one argument, an ARRAY<STRING>"))
	}
	return "ARRAY(SELECT AS STRUCT term, COUNT(*) AS count FROM UNNEST(CAST(" + args[0].text + " AS ARRAY<STRING>)) AS term GROUP BY term ORDER BY term)"
}
