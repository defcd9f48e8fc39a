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

// How far the time of a vote may be from the broker's timestamp of its record. Further
// ahead, the producer's clock, zone or date is wrong. How far behind is bounded only
// in an election without voting hours: what passes read grows with the hours that
// votes are of.
const (
	maxAhead  = 24 * time.Hour
	maxBehind = 366 * 24 * time.Hour
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

// checkTime rejects a vote that was cast outside the voting hours, or too far from
// the broker's timestamp of its record.
func (p *Parser) checkTime(cast, recordTime time.Time) *rejection.Rejection {
	e := p.election
	switch {
	case e.HasHours() && (cast.Before(e.Opens) || !cast.Before(e.Closes)):
		return rejection.New(rejection.OutsideVotingHours, "cast at %s; voting hours are %s to %s",
			cast.Format(time.RFC3339Nano), e.Opens.Format(time.RFC3339), e.Closes.Format(time.RFC3339))
	case cast.After(recordTime.Add(maxAhead)):
		return rejection.New(rejection.TimestampInFuture, "cast at %s, which is %s after the broker took the record at %s: "+
			"look at the producer's clock, date and zone", cast.Format(time.RFC3339Nano),
			cast.Sub(recordTime).Round(time.Minute), recordTime.UTC().Format(time.RFC3339))
	case !e.HasHours() && cast.Before(recordTime.Add(-maxBehind)):
		return rejection.New(rejection.ImplausibleTimestamp, "cast at %s, but recorded at %s",
			cast.Format(time.RFC3339Nano), recordTime.UTC().Format(time.RFC3339))
	}
	return nil
}

// checkRegistered rejects a registration that lies in the future. The broker's
// timestamp is in UTC, and somewhere on earth it is tomorrow already: a day ahead is
// allowed.
func checkRegistered(day election.Date, recordTime time.Time) *rejection.Rejection {
	if latest := civil.DateOf(recordTime.UTC().Add(maxAhead)); !day.IsZero() && day.After(latest) {
		return rejection.New(rejection.RegistrationInFuture, "registration_date is %s, but the broker took the record at %s: the registration lies in the future",
			day, recordTime.UTC().Format(time.RFC3339))
	}
	return nil
}
