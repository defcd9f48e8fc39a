package simulate

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tallystream/tallystream/shared/election"
)

// electorate is the people who may vote, and their leanings.
type electorate struct {
	seed    uint64
	regions []region
	sizes   wheel // of the regions
	ages    wheel // from youngest

	candidates  []contender
	takesImages bool // whether the election takes portraits from votes
	// choices draws a candidate, by region and age group of voters.
	choices [][ageBands]wheel
}

// region is where voters live and vote.
type region struct {
	sent     string // as records name it
	id       string // as the tables do
	spelling []string
	part     part
	zeal     float64 // how readily people vote here, about 1
	counties []string
	stations []string
	opens    time.Time // first moment of a vote
	hours    time.Duration
}

// contender is a candidate as records name them.
type contender struct {
	id        string
	sent      string
	spellings []string // other ways to name the same one
	image     string
	candidate candidate // whose leanings count
}

const (
	youngest = 17 // of a voter; under age, so that the group under 18 isn't empty
	oldest   = 97
	ageBands = 9 // of ten years, for the leaning
)

func band(age int) int { return min(age/10, ageBands-1) }

func newElectorate(o *Options) *electorate {
	e := &electorate{seed: o.Seed, ages: newWheel(coarse, ageWeights())}
	e.addRegions(o)
	e.addCandidates(o.Election)
	for i := range e.regions {
		e.choices = append(e.choices, e.leanings(i))
	}
	return e
}

// ageWeights is a rough pyramid: even to 60, thinning out from there.
func ageWeights() []float64 {
	weights := make([]float64, oldest-youngest+1)
	for i := range weights {
		age := float64(youngest + i)
		weights[i] = 1 / (1 + math.Exp((age-76)/6))
	}
	weights[0] = 0.02
	return weights
}

func (e *electorate) addRegions(o *Options) {
	opens, hours := o.Day.In(time.UTC).Add(firstOpen*time.Hour), (lastClose-firstOpen)*time.Hour
	if o.Election != nil && o.Election.HasHours() {
		opens, hours = o.Election.Opens, o.Election.Closes.Sub(o.Election.Opens)
	}
	listed := BuiltIn(o.Day).Regions
	varied := false // other spellings are used only if the functions resolve them
	if o.Election != nil && len(o.Election.Regions) > 0 {
		listed, varied = o.Election.Regions, true
	}
	var sizes []float64
	for i, r := range listed {
		d := drawsFrom(e.seed, 'r', uint64(i))
		s, known := stateByCode(r.ID)
		if !known {
			s = state{code: r.ID, adults: 1000, utc: 0, part: part(d.below(parts))}
		}
		g := region{sent: escape(r.Name), id: r.Name, part: s.part, zeal: 0.85 + 0.3*d.unit(), opens: opens, hours: hours}
		if varied {
			g.id = r.ID
			if !o.Plain {
				g.spelling = spellings(r.ID, r.Name, r.Aliases)
			}
		}
		if local := opens.Truncate(24 * time.Hour).Add(time.Duration(pollsOpen-s.utc) * time.Hour); known &&
			!local.Before(opens) && !local.Add((pollsClose-pollsOpen)*time.Hour).After(opens.Add(hours)) {
			g.opens, g.hours = local, (pollsClose-pollsOpen)*time.Hour
		}
		g.settle(&d, s.code)
		e.regions = append(e.regions, g)
		sizes = append(sizes, float64(s.adults))
	}
	e.sizes = newWheel(fine, sizes)
}

// Polling stations stand in counties.
const countiesEach, stationsEach = 8, 4

// settle gives the region its counties and polling stations.
func (g *region) settle(d *draws, code string) {

	at := d.below(len(counties))
	for range countiesEach {
		at = (at + 1 + d.below(4)) % len(counties)
		g.counties = append(g.counties, counties[at])
		for s := range stationsEach {
			g.stations = append(g.stations, fmt.Sprintf("%s-%s-%02d", code, counties[at], s+1))
		}
	}
}

func (e *electorate) addCandidates(el *election.Election) {
	if el == nil || el.Open() {
		for _, c := range candidates {
			e.candidates = append(e.candidates, contender{
				id: c.name, sent: c.name, image: imageURL(c.id), candidate: c, spellings: escaped(typings(c.name)),
			})
		}
		return
	}
	e.takesImages = el.Portraits != nil && el.Portraits.FromVotes && slices.Contains(el.Portraits.Hosts, imageHost)
	for i, c := range el.Candidates {
		e.candidates = append(e.candidates, contender{
			id: c.ID, sent: escape(c.Name), image: imageURL(c.ID), candidate: candidates[i%len(candidates)],
			spellings: spellings(c.ID, c.Name, c.Aliases),
		})
	}
}

// imageHost is where the portraits are that votes carry.
const imageHost = "election.example"

// strangeImage is an image of a host that no election permits.
const strangeImage = "https://elsewhere.example/cat.png"

func imageURL(id string) string { return "https://" + imageHost + "/portraits/" + id + ".png" }

// leanings are the chances of the candidates in a region by age.
func (e *electorate) leanings(r int) (byAge [ageBands]wheel) {
	for b := range byAge {
		weights := make([]float64, len(e.candidates))
		for i, c := range e.candidates {
			d := drawsFrom(e.seed, 'l', uint64(r), uint64(i))
			local := math.Exp(0.30 * (d.unit() + d.unit() - 1)) // this region's own taste
			old := min(max((float64(b*10+5)-18)/(80-18), 0), 1)
			age := c.candidate.young + (c.candidate.old-c.candidate.young)*old
			weights[i] = c.candidate.appeal * c.candidate.lean[e.regions[r].part] * age * local
		}
		byAge[b] = newWheel(coarse, weights)
	}
	return byAge
}
