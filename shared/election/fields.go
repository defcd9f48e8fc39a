package election

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/shared/jsonobject"
)

// fields converts a record's fields and keeps the first thing wrong.
type fields struct {
	object    string // the JSON object that they stand in
	rejection *Rejection
}

// name is a name as the record has it, and in the form that is compared.
type name struct{ text, canonical string }

func (f *fields) reject(reason, format string, args ...any) {
	if f.rejection == nil {
		f.rejection = reject(reason, format, args...)
	}
}

// missing rejects a record for lack of a field. It names one that looks like it.
func (f *fields) missing(field, reason string) {
	if f.rejection != nil {
		return
	}
	if other := lookalike(f.object, field); other != "" {
		f.reject(reason, "%s is missing: the record has %s; names of fields are compared letter by letter", field, excerpt(other))
		return
	}
	f.reject(reason, "%s is missing", field)
}

// lookalike is the name of a field of an object that differs from field in case,
// dashes and underscores only; empty where there is none.
func lookalike(object, field string) (found string) {
	bare := func(s string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(Canonical(s)))
	}
	want := bare(field)
	_ = jsonobject.Each(object, func(name string, v jsonobject.Value) { // read before
		if name != field && v.Kind != jsonobject.Null && len(name) <= 3*len(field) && bare(name) == want {
			found = name
		}
	})
	return found
}

// raw returns a text as it is. A number is its value where that is whole, and as
// it is written where not.
func (f *fields) raw(field string, v jsonobject.Value) string {
	switch v.Kind {
	case jsonobject.Null:
		return ""
	case jsonobject.String:
	case jsonobject.Number:
		if d, ok := parseDecimal(v.Text); ok && d.whole() && d.bytes() <= MaxTextBytes {
			return d.String()
		}
	default:
		f.reject(ReasonWrongType, "%s is %s, not a text", field, v.Kind)
		return ""
	}
	if len(v.Text) > MaxTextBytes {
		f.reject(ReasonTextTooLong, "%s has %d bytes, more than %d", field, len(v.Text), MaxTextBytes)
		return ""
	}
	return v.Text
}

// text returns a text in its canonical form.
func (f *fields) text(field string, v jsonobject.Value) string {
	return f.bounded(field, Canonical(f.raw(field, v)))
}

// bounded checks a canonical text: it may be longer than the text was.
func (f *fields) bounded(field, s string) string {
	if len(s) > MaxTextBytes {
		f.reject(ReasonTextTooLong, "%s has %d bytes in its canonical form, more than %d", field, len(s), MaxTextBytes)
	}
	return s
}

// required returns a name that must be there, and identify something: a number
// in its place must be whole.
func (f *fields) required(field string, v jsonobject.Value, reason string) name {
	if v.Kind == jsonobject.Number {
		switch d, ok := parseDecimal(v.Text); {
		case !ok || !d.whole():
			f.reject(ReasonInvalidID, "%s is a number that isn't whole: send a text or a whole number", field)
		case d.bytes() > MaxTextBytes:
			f.reject(ReasonTextTooLong, "%s is a number of more than %d digits", field, MaxTextBytes)
		}
	}
	s := f.text(field, v)
	if s == "" {
		f.missing(field, reason)
	}
	if v.Kind == jsonobject.Number {
		return name{text: v.Text, canonical: s}
	}
	return name{text: v.Text, canonical: withoutPoint(s)}
}

// id returns an id that must be there.
func (f *fields) id(field string, v jsonobject.Value, reason string) string {
	return f.required(field, v, reason).canonical
}

// goodTime and goodDate are what a rejection asks for.
const (
	goodTime = "2026-11-03T09:30:00Z"
	goodDate = "2026-11-03"
)

func (f *fields) time(field string, v jsonobject.Value) time.Time {
	var t time.Time
	var err error
	switch v.Kind {
	case jsonobject.Null:
		f.missing(field, ReasonMissingTimestamp)
		return t
	case jsonobject.String:
		var ok bool
		if t, ok = parseRFC3339(v.Text); !ok {
			t, err = ParseTime(v.Text)
		}
	case jsonobject.Number:
		var m moment
		d, _ := parseDecimal(v.Text)
		m, err = parseEpoch(d)
		t = m.at
	case jsonobject.Array:
		var m moment
		m, err = parseComponents(v.Text)
		t = m.at
	default:
		f.reject(ReasonWrongType, "%s is %s, not a text such as %s", field, v.Kind, goodTime)
		return t
	}
	if err != nil {
		f.reject(ReasonInvalidTimestamp, "%s %s %v: write it as %s", field, excerpt(v.Text), err, goodTime)
	}
	return t
}

// date reads a day.
func (f *fields) date(field string, v jsonobject.Value) (d Date) {
	var err error
	switch v.Kind {
	case jsonobject.Null:
		return Date{}
	case jsonobject.String:
		if strings.TrimSpace(v.Text) == "" {
			return Date{}
		}
		d, err = parseDate(v.Text)
	case jsonobject.Number:
		d, err = dateOfNumber(v.Text)
	case jsonobject.Array:
		var m moment
		if m, err = parseComponents(v.Text); errors.Is(err, errNoTimeOfDay) {
			err = nil
		}
		d = dateOf(m.day)
	default:
		f.reject(ReasonWrongType, "%s is %s, not a text such as %s", field, v.Kind, goodDate)
		return Date{}
	}
	if err != nil {
		f.reject(ReasonInvalidDate, "%s %s %v: write it as %s", field, excerpt(v.Text), err, goodDate)
		return Date{}
	}
	return d
}

// mostDays is a number of days since 1970 that leads into the year 2243. As
// seconds it would be the second day of 1970.
const mostDays = 100_000

// dateOfNumber reads days since 1970, as Avro and Debezium write dates, or a
// time since 1970.
func dateOfNumber(s string) (Date, error) {
	d, ok := parseDecimal(s)
	if days, small := d.shifted(0); ok && small && d.whole() && days < mostDays {
		if d.negative {
			days = -days
		}
		return Date{civil.Date{Year: 1970, Month: time.January, Day: 1}.AddDays(int(days))}, nil
	}
	m, err := parseEpoch(d)
	return dateOf(m.day), err
}

func (f *fields) age(field string, v jsonobject.Value) int {
	switch v.Kind {
	case jsonobject.Null:
		return NoAge
	case jsonobject.Number, jsonobject.String:
	default:
		f.reject(ReasonWrongType, "%s is %s, not a number", field, v.Kind)
		return NoAge
	}
	s := f.text(field, v)
	if s == "" {
		return NoAge
	}
	// A producer may write 42 as 42.0, having kept it as a float.
	age, err := strconv.ParseFloat(s, 64)
	if err != nil || !(age >= 0 && age <= MaxAge) || age != float64(int(age)) {
		f.reject(ReasonInvalidAge, "%s is %s, not a whole number from 0 to %d", field, excerpt(s), MaxAge)
		return NoAge
	}
	return int(age)
}
