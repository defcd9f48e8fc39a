package record

import (
	"strings"
	"time"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/envelope"
	"github.com/tallystream/tallystream/shared/election/rejection"
	"github.com/tallystream/tallystream/shared/jsonobject"
)

// voterFields are the fields of a registration as they are written.
type voterFields struct {
	id, name, age, gender, state, county, precinct, registered jsonobject.Value
}

// set takes a member of the object.
func (f *voterFields) set(name string, v jsonobject.Value) {
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
	}
}

// Voter reads a record of the voters topic. recordTime is the broker's timestamp
// of the record.
func (p *Parser) Voter(value []byte, recordTime time.Time) (Voter, *rejection.Rejection) {
	var in voterFields
	object, r := envelope.Read(value, in.set, func() { in = voterFields{} })
	if r != nil {
		return Voter{}, r
	}
	v, r := p.voter(&in, object.Text)
	if r != nil {
		return Voter{}, r
	}
	if object.Wrapped {
		v.Object = []byte(object.Text)
	}
	return v, checkRegistered(v.RegistrationDate, recordTime)
}

// voter converts the fields of a registration.
func (p *Parser) voter(in *voterFields, object string) (Voter, *rejection.Rejection) {
	f := fields{object: object}
	id := f.id("voter_id", in.id, rejection.MissingVoterID)
	state := f.required("state", in.state, rejection.MissingState)
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
		v.Gender = election.Unknown
	}
	v.AgeGroup = election.AgeGroup(v.Age)
	if state.text != state.canonical {
		v.RegionText = state.text
	}
	if len(p.election.Regions) > 0 {
		known, text, ok := p.regions.resolve(state)
		if !ok {
			return Voter{}, rejection.New(rejection.UnknownRegion, "state %s isn't a region of the election%s", rejection.Excerpt(state.text), mixture(state.text))
		}
		v.Region, v.RegionText = known, text
	}
	return v, nil
}
