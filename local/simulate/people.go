package simulate

import (
	"math"
	"strconv"

	"cloud.google.com/go/civil"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/election"
)

// person is one voter.
type person struct {
	number     int
	region     int // index into electorate.regions
	county     int // index into the region's counties
	age        int // election.NoAge where the record tells none
	gender     int // index into genders
	first      int // index into firstNames
	last       int // index into lastNames
	registered civil.Date
}

var genders = []struct {
	sent, canonical string
	weight          float64
}{
	{"Female", "female", 0.510},
	{"Male", "male", 0.478},
	{"Non-binary", "non-binary", 0.008},
	{"", election.Unknown, 0.004},
}

var genderWheel = func() wheel {
	var weights []float64
	for _, g := range genders {
		weights = append(weights, g.weight)
	}
	return newWheel(coarse, weights)
}()

// person returns voter number i: the same one every time.
func (e *electorate) person(i int) person {
	d := drawsFrom(e.seed, 'p', uint64(i))
	p := person{number: i, region: e.sizes.draw(&d), age: youngest + e.ages.draw(&d), gender: genderWheel.draw(&d)}
	p.county = d.below(len(e.regions[p.region].counties))
	p.first, p.last = d.below(len(firstNames)), d.below(len(lastNames))
	p.registered = civil.Date{Year: 2026 - d.below(max(1, p.age-17)), Month: 1, Day: 1}.AddDays(d.below(300))
	if d.chance(0.003) {
		p.age = election.NoAge
	}
	return p
}

// moved returns the person after a move: mostly to another region.
func (e *electorate) moved(p person) person {
	d := drawsFrom(e.seed, 'm', uint64(p.number))
	p.region = e.sizes.draw(&d)
	p.county = d.below(len(e.regions[p.region].counties))
	p.registered = p.registered.AddDays(30)
	return p
}

// registration is what the ledger expects of the person's record.
func (e *electorate) registration(p person) *ledger.Registration {
	r := &e.regions[p.region]
	return &ledger.Registration{
		VoterID:  voterID(p.number),
		State:    r.id,
		AgeGroup: ageGroup(p.age),
		Gender:   genders[p.gender].canonical,
		County:   r.counties[p.county],
		Precinct: precinct(p),
	}
}

// ageGroup is the age group of a voter. The functions have their own code for it.
func ageGroup(age int) string {
	for _, g := range []struct {
		below int
		name  string
	}{{0, "unknown"}, {18, "under 18"}, {25, "18-24"}, {35, "25-34"}, {50, "35-49"}, {65, "50-64"}} {
		if age < g.below {
			return g.name
		}
	}
	return "65+"
}

// precinct is empty for most.
func precinct(p person) string {
	if p.number%4 != 0 {
		return ""
	}
	return precincts[p.number/4%len(precincts)]
}

var precincts = func() (names []string) {
	for i := range 50 {
		names = append(names, "P"+strconv.Itoa(100+i))
	}
	return names
}()

// voterID is the id of a voter: V and eight digits.
func voterID(number int) string { return string(appendID(make([]byte, 0, 9), 'V', number)) }

// strangerID is the id of someone who never registers.
func strangerID(number int) string { return string(appendID(make([]byte, 0, 9), 'X', number)) }

func appendID(b []byte, letter byte, number int) []byte {
	b = append(b, letter, '0', '0', '0', '0', '0', '0', '0', '0')
	for i := len(b) - 1; number > 0; i-- {
		b[i] = byte('0' + number%10)
		number /= 10
	}
	return b
}

// keenness is how readily the person votes. Those with the greatest numbers vote.
func (e *electorate) keenness(p person) float64 {
	d := drawsFrom(e.seed, 'k', uint64(p.number))
	age := min(max(p.age, 18), 85)
	willing := (0.45 + 0.35*float64(age-18)/(85-18)) * e.regions[p.region].zeal
	if 0 <= p.age && p.age < 18 {
		willing /= 100
	}
	// The greatest of such numbers are a sample without replacement in which
	// each has a chance in proportion to willing (Efraimidis and Spirakis).
	return math.Log(1-d.unit()) / willing
}
