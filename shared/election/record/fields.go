package record

import (
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/canonical"
	"github.com/tallystream/tallystream/shared/election/decimal"
	"github.com/tallystream/tallystream/shared/election/rejection"
	"github.com/tallystream/tallystream/shared/jsonobject"
)

// fields converts the fields of a record and keeps the first problem.
type fields struct {
	object    string // the JSON object that holds them
	rejection *rejection.Rejection
}

// name is a name as the record has it, and in its canonical form.
type name struct{ text, canonical string }

func (f *fields) reject(reason, format string, args ...any) {
	if f.rejection == nil {
		f.rejection = rejection.New(reason, format, args...)
	}
}

// missing rejects a record for lack of a field. It tells of a field whose name looks
// like the missing one's.
func (f *fields) missing(field, reason string) {
	if f.rejection != nil {
		return
	}
	if other := lookalike(f.object, field); other != "" {
		f.reject(reason, "%s is missing: the record has %s; names of fields are compared letter by letter", field, rejection.Excerpt(other))
		return
	}
	f.reject(reason, "%s is missing", field)
}

// lookalike returns the name of a field of an object that differs from field only in
// case, dashes, underscores and spaces; empty if there is none.
func lookalike(object, field string) (found string) {
	bare := func(s string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(canonical.Text(s)))
	}
	want := bare(field)
	_ = jsonobject.Each(object, func(name string, v jsonobject.Value) { // can't fail: it was read before
		if name != field && v.Kind != jsonobject.Null && len(name) <= 3*len(field) && bare(name) == want {
			found = name
		}
	})
	return found
}

// raw returns a text as it is. A whole number is returned as its digits, and any other
// number as it is written.
func (f *fields) raw(field string, v jsonobject.Value) string {
	switch v.Kind {
	case jsonobject.Null:
		return ""
	case jsonobject.String:
	case jsonobject.Number:
		if d, ok := decimal.Parse(v.Text); ok && d.Whole() && d.Len() <= election.MaxTextBytes {
			return d.String()
		}
	default:
		f.reject(rejection.WrongType, "%s is %s, not a text", field, v.Kind)
		return ""
	}
	if len(v.Text) > election.MaxTextBytes {
		f.reject(rejection.TextTooLong, "%s has %d bytes, more than %d", field, len(v.Text), election.MaxTextBytes)
		return ""
	}
	return v.Text
}

// text returns a text in its canonical form.
func (f *fields) text(field string, v jsonobject.Value) string {
	return f.bounded(field, canonical.Text(f.raw(field, v)))
}

// bounded checks the length of a canonical text, which may be longer than the text.
func (f *fields) bounded(field, s string) string {
	if len(s) > election.MaxTextBytes {
		f.reject(rejection.TextTooLong, "%s has %d bytes in its canonical form, more than %d", field, len(s), election.MaxTextBytes)
	}
	return s
}

// required returns a name that must be there. A number in its place must be whole,
// since the name identifies something.
func (f *fields) required(field string, v jsonobject.Value, reason string) name {
	if v.Kind == jsonobject.Number {
		switch d, ok := decimal.Parse(v.Text); {
		case !ok || !d.Whole():
			f.reject(rejection.InvalidID, "%s is a number that isn't whole: send a text or a whole number", field)
		case d.Len() > election.MaxTextBytes:
			f.reject(rejection.TextTooLong, "%s is a number of more than %d digits", field, election.MaxTextBytes)
		}
	}
	s := f.text(field, v)
	if s == "" {
		f.missing(field, reason)
	}
	if v.Kind == jsonobject.Number {
		return name{text: v.Text, canonical: s}
	}
	return name{text: v.Text, canonical: canonical.ID(s)}
}

// id returns the canonical form of an id that must be there.
func (f *fields) id(field string, v jsonobject.Value, reason string) string {
	return f.required(field, v, reason).canonical
}

// age returns an age in years, election.NoAge where there is none.
func (f *fields) age(field string, v jsonobject.Value) int {
	switch v.Kind {
	case jsonobject.Null:
		return election.NoAge
	case jsonobject.Number, jsonobject.String:
	default:
		f.reject(rejection.WrongType, "%s is %s, not a number", field, v.Kind)
		return election.NoAge
	}
	s := f.text(field, v)
	if s == "" {
		return election.NoAge
	}
	// A producer may write 42 as 42.0, having kept it as a float.
	age, err := strconv.ParseFloat(s, 64)
	if err != nil || !(age >= 0 && age <= election.MaxAge) || age != float64(int(age)) {
		f.reject(rejection.InvalidAge, "%s is %s, not a whole number from 0 to %d", field, rejection.Excerpt(s), election.MaxAge)
		return election.NoAge
	}
	return int(age)
}
