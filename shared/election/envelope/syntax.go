package envelope

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/shared/jsonobject"
)

// explain says what is wrong with a text that isn't JSON, and how to correct the
// mistakes that producers make most. It quotes no more of
// the record than a byte.
func explain(text string, err error) string {
	var fault *jsonobject.SyntaxError
	if !errors.As(err, &fault) {
		return err.Error()
	}
	rest := text[fault.Offset:]
	if advice := advise(text, rest, fault); advice != "" {
		return err.Error() + ": " + advice
	}
	return err.Error()
}

const (
	pythonAdvice  = "it is written as Python prints a dict; write it with json.dumps"
	severalAdvice = "another value follows the first; send each as a record of its own"
)

// advise says how to correct a fault in text; rest is the text from the fault on.
func advise(text, rest string, fault *jsonobject.SyntaxError) string {
	switch {
	case fault.Problem == jsonobject.InvalidUTF8:
		return fmt.Sprintf("byte 0x%02X looks like Latin-1 or Windows-1252; encode the record in UTF-8", rest[0])
	case fault.Problem == jsonobject.TextAfter && strings.HasPrefix(rest, "{"), fault.Problem == jsonobject.TextAfter && strings.HasPrefix(rest, "["):
		return severalAdvice
	case strings.HasPrefix(text, "[object Object]"):
		return "JavaScript made a text of an object; write it with JSON.stringify"
	case strings.HasPrefix(text, "map["):
		return "it is written as Go prints a map; write it with encoding/json"
	case strings.HasPrefix(rest, "\x00"):
		return "a zero byte, as C ends its texts with; send the text without it"
	case rest == "":
		return "the record was cut off, or isn't finished"
	}
	if advice := adviseOnWord(rest); advice != "" {
		return advice
	}
	return adviseOnName(rest, fault)
}

// adviseOnWord knows words that other languages write where JSON has a value.
func adviseOnWord(rest string) string {
	for _, w := range []struct{ word, advice string }{
		{"NaN", "JSON has no NaN; leave the field out, or send null"},
		{"Infinity", "JSON has no Infinity; leave the field out, or send null"},
		{"-Infinity", "JSON has no Infinity; leave the field out, or send null"},
		{"undefined", "JSON has no undefined; leave the field out, or send null"},
		{"None", pythonAdvice},
		{"True", pythonAdvice},
		{"False", pythonAdvice},
		{"'", pythonAdvice},
		{"//", "JSON has no comments"},
		{"/*", "JSON has no comments"},
	} {
		if strings.HasPrefix(rest, w.word) {
			return w.advice
		}
	}
	return ""
}

// adviseOnName knows what other languages write where JSON has a field's name.
func adviseOnName(rest string, fault *jsonobject.SyntaxError) string {
	if fault.Problem != jsonobject.NameExpected {
		return ""
	}
	if strings.HasPrefix(rest, "}") {
		return "take away the comma before it"
	}
	name, _, _ := strings.Cut(rest, ":")
	if i := strings.IndexAny(rest, "=:"); i >= 0 && rest[i] == '=' {
		return "it is written as Java prints a Map; write it with a JSON library"
	}
	if len(name) < len(rest) {
		return "names of fields stand in double quotes"
	}
	return ""
}
