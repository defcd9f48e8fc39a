package record

import (
	"strings"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/rejection"
	"github.com/tallystream/tallystream/shared/election/timestamp"
	"github.com/tallystream/tallystream/shared/jsonobject"
)

// What a rejection tells the producer to write.
const (
	exampleTime = "2026-11-03T09:30:00Z"
	exampleDate = "2026-11-03"
)

// time returns a time that must be there.
func (f *fields) time(field string, v jsonobject.Value) time.Time {
	var t time.Time
	var err error
	switch v.Kind {
	case jsonobject.Null:
		f.missing(field, rejection.MissingTimestamp)
		return t
	case jsonobject.String:
		t, err = timestamp.Parse(v.Text)
	case jsonobject.Number:
		t, err = timestamp.FromNumber(v.Text)
	case jsonobject.Array:
		t, err = timestamp.FromArray(v.Text)
	default:
		f.reject(rejection.WrongType, "%s is %s, not a text such as %s", field, v.Kind, exampleTime)
		return t
	}
	if err != nil {
		f.reject(rejection.InvalidTimestamp, "%s %s %v: write it as %s", field, rejection.Excerpt(v.Text), err, exampleTime)
	}
	return t
}

// date returns a day, the zero Date where there is none.
func (f *fields) date(field string, v jsonobject.Value) election.Date {
	var d civil.Date
	var err error
	switch v.Kind {
	case jsonobject.Null:
		return election.Date{}
	case jsonobject.String:
		if strings.TrimSpace(v.Text) == "" {
			return election.Date{}
		}
		d, err = timestamp.ParseDate(v.Text)
	case jsonobject.Number:
		d, err = timestamp.DateFromNumber(v.Text)
	case jsonobject.Array:
		d, err = timestamp.DateFromArray(v.Text)
	default:
		f.reject(rejection.WrongType, "%s is %s, not a text such as %s", field, v.Kind, exampleDate)
		return election.Date{}
	}
	if err != nil {
		f.reject(rejection.InvalidRegistrationDate, "%s %s %v: write it as %s", field, rejection.Excerpt(v.Text), err, exampleDate)
		return election.Date{}
	}
	return election.Date{Date: d}
}
