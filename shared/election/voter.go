package election

import (
	"strings"
	"time"

	"github.com/tallystream/tallystream/shared/jsonobject"
)

// voterFields are the fields of a registration as they are written.
type voterFields struct {
	id, name, age, gender, state, county, precinct, registered jsonobject.Value

	deleted bool // says one of the fields that Debezium adds
}

func (f *voterFields) see(name string, v jsonobject.Value) {
	switch name {
	case "voter_id":
		f.id = v
	case "name":
		f.name = v
	case "age":
		f.age = v
	case "gender":
		f.gender = v
	case "state":
		f.state = v
	case "county":
		f.county = v
	case "precinct":
		f.precinct = v
	case "registration_date":
		f.registered = v
	case fieldDeleted, fieldOperation:
		f.deleted = f.deleted || deletes(name, v)
	}
}

// Voter reads a record of the voters topic. recordTime is the broker's timestamp
// of the record.
func (p *Parser) Voter(value []byte, recordTime time.Time) (Voter, *Rejection) {
	var in voterFields
	object, wrapped, r := readFields(value, in.see,
		func() bool { return in.id.Kind != jsonobject.Null }, func() { in = voterFields{} })
	if r != nil {
		return Voter{}, r
	}
	if in.deleted {
		return Voter{}, deletion()
	}
	v, r := p.voter(&in, object)
	if r != nil {
		return Voter{}, r
	}
	if wrapped {
		v.Object = []byte(object)
	}
	return v, checkRegistered(v.RegistrationDate, recordTime)
}

// voter converts the fields of a registration.
func (p *Parser) voter(in *voterFields, object string) (Voter, *Rejection) {
	f := fields{object: object}
	id := f.id("voter_id", in.id, ReasonMissingVoterID)
	state := f.required("state", in.state, ReasonMissingState)
	v := Voter{
		ID:               id,
		Region:           state.canonical,
		Name:             f.text("name", in.name),
		Age:              f.age("age", in.age),
		Gender:           strings.ToLower(f.text("gender", in.gender)),
		County:           f.text("county", in.county),
		Precinct:         f.text("precinct", in.precinct),
		RegistrationDate: f.date("registration_date", in.registered),
	}
	if f.rejection != nil {
		return Voter{}, f.rejection
	}
	if v.Gender == "" {
		v.Gender = Unknown
	}
	v.AgeGroup = AgeGroup(v.Age)
	if state.text != state.canonical {
		v.RegionText = state.text
	}
	if len(p.election.Regions) > 0 {
		known, text, ok := p.regions.resolve(state)
		if !ok {
			return Voter{}, reject(ReasonUnknownRegion, "state %s isn't a region of the election%s", excerpt(state.text), mixture(state.text))
		}
		v.Region, v.RegionText = known, text
	}
	return v, nil
}

// checkRegistered rejects a registration of a day to come. Somewhere on earth it
// is tomorrow already.
func checkRegistered(day Date, recordTime time.Time) *Rejection {
	if latest := dateOf(recordTime.UTC().Add(maxAhead)); !day.IsZero() && day.After(latest.Date) {
		return reject(ReasonDateInFuture, "registration_date is %s, but the broker took the record at %s: the registration lies in the future",
			day, recordTime.UTC().Format(time.RFC3339))
	}
	return nil
}
