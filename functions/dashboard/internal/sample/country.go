package sample

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/election"
)

// countryVoters is how many voters the country has.
const countryVoters = 160_000

// Country makes the tables of a whole country, counted up to an instant of event
// time by a pass that began a moment ago. A minute that is over has the same
// votes in every snapshot of it, and in elections of every day.
func Country(e *election.Election, now time.Time) *snapshot.Snapshot {
	n := &countryTables{
		e: e, now: now.UTC().Truncate(time.Second), pass: time.Now().UTC().Truncate(time.Second),
		totals: map[string]int64{},
	}
	for i, g := range e.Regions {
		n.region(i, g)
	}
	return n.snapshot()
}

type countryTables struct {
	e       *election.Election
	now     time.Time
	pass    time.Time
	minutes [][]snapshot.MinuteRow // by minute since the election's opening
	totals  map[string]int64
	s       snapshot.Snapshot
}

// chance is a number from 0 to 1 that depends on its key alone.
func chance(key ...int) float64 {
	var x uint64
	for _, k := range key { // splitmix64, fed with one part of the key after the other
		x = (x ^ uint64(k)) + 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
	}
	return float64(x>>11) / (1 << 53)
}

// region fills in one region's rows.
func (n *countryTables) region(i int, g election.Region) {
	weight := 0.15 + 2.4*math.Pow(chance(i, 1), 3)
	registered := int64(weight * countryVoters / 38)
	shares := n.leanings(i)
	opens := n.e.Opens.Add(time.Duration(float64(time.Hour) * 5 * chance(i, 2))).Truncate(time.Minute)
	closes := opens.Add(13 * time.Hour)
	turnout := float64(registered) * (0.46 + 0.24*chance(i, 3))
	votes := map[string]int64{}
	var voted int64
	first := len(n.s.Hours) // the row of the first candidate in the hour of m
	for m := opens; m.Before(closes) && m.Before(n.now); m = m.Add(time.Minute) {
		part, busy := min(n.now.Sub(m).Minutes(), 1), rush(m.Sub(opens))
		minute := int(m.Sub(n.e.Opens) / time.Minute)
		if hour := m.Truncate(time.Hour); first == len(n.s.Hours) || !n.s.Hours[first].Hour.Equal(hour) {
			first = len(n.s.Hours)
			for _, c := range n.e.Candidates {
				n.s.Hours = append(n.s.Hours, snapshot.HourRow{Hour: hour, State: g.ID, Candidate: c.ID, UpdatedAt: n.pass})
			}
		}
		for c, share := range shares {
			v := int64(turnout*share*busy*part + chance(i, minute, c))
			id := n.e.Candidates[c].ID
			votes[id] += v
			voted += v
			n.s.Hours[first+c].Votes += v
			if !m.Before(snapshot.MinutesFrom(n.now)) {
				n.addMinute(minute, snapshot.MinuteRow{Minute: m, State: g.ID, Candidate: id, Votes: v})
			}
		}
	}
	n.s.Regions = append(n.s.Regions, n.regionRow(g.ID, registered, voted, votes))
	n.groups(i, g.ID, registered, voted)
}

// addMinute keeps a row beside the others of its minute since the opening, so that few are to be sorted.
func (n *countryTables) addMinute(minute int, row snapshot.MinuteRow) {
	if missing := minute + 1 - len(n.minutes); missing > 0 {
		n.minutes = append(n.minutes, make([][]snapshot.MinuteRow, missing)...)
	}
	n.minutes[minute] = append(n.minutes[minute], row)
}

// leanings are the shares of the candidates in a region: the first is strong on
// the coasts, the second inland and in the south. Where there are areas, each has its own.
func (n *countryTables) leanings(i int) []float64 {
	coast, south := 0.5, 0.5
	if g := n.e.Regions[i]; g.Column != nil && g.Row != nil {
		coast, south = math.Abs(float64(*g.Column)-4.5)/5.5, float64(*g.Row)/7
	}
	area := slices.IndexFunc(n.e.Areas, func(a election.Area) bool { return a.ID == n.e.Regions[i].Parent })
	var all float64
	shares := make([]float64, len(n.e.Candidates))
	for c := range shares {
		base := []float64{0.8 + 0.42*coast, 0.86 + 0.3*(1-coast)*(0.4+south), 0.28, 0.16, 0.12}[min(c, 4)]
		shares[c] = base * (0.88 + 0.24*chance(i, 10+c))
		if area >= 0 {
			shares[c] *= 0.7 + 0.6*chance(1000+area, c)
		}
		all += shares[c]
	}
	for c := range shares {
		shares[c] /= all
	}
	return shares
}

// rush is the part of a day's votes that a minute of it gets: mornings, noon
// and evenings are busy.
func rush(since time.Duration) float64 {
	h := since.Hours()
	bump := func(at, width float64) float64 { return math.Exp(-(h - at) * (h - at) / (2 * width * width)) }
	return (0.55 + 1.1*bump(1.2, 0.8) + 0.5*bump(5.5, 0.9) + 1.2*bump(10.5, 1.1)) / (13 * 60 * 0.9)
}

func (n *countryTables) regionRow(id string, registered, voted int64, votes map[string]int64) snapshot.RegionRow {
	row := snapshot.RegionRow{State: id, Registered: registered, Voted: voted, UpdatedAt: n.pass}
	for _, c := range n.e.Candidates {
		n.totals[c.ID] += votes[c.ID]
	}
	return row
}

// groups divides a region's voters by age and gender. What rounding leaves is
// the last group's.
func (n *countryTables) groups(i int, id string, registered, voted int64) {
	ages := []float64{0.12, 0.18, 0.24, 0.24, 0.22}
	eager := []float64{0.72, 0.84, 0.97, 1.1, 1.19}
	genders := []string{"nonbinary", "male", "female"}
	parts := []float64{0.012, 0.48, 0.508}
	leftRegistered, leftVoted := registered, voted
	for a, share := range ages {
		for g, part := range parts {
			r := int64(float64(registered) * share * part)
			v := int64(float64(voted) * share * part * eager[a] * (0.97 + 0.06*chance(i, a, g)))
			v = min(r, max(v, leftVoted-(leftRegistered-r))) // the others have room for the rest
			if a == len(ages)-1 && g == len(parts)-1 {
				r, v = leftRegistered, min(leftVoted, leftRegistered)
			}
			leftRegistered -= r
			leftVoted -= v
			n.s.Demographics = append(n.s.Demographics, snapshot.DemographicRow{
				State: id, AgeGroup: election.AgeGroups()[a+1], Gender: genders[g], Registered: r, Voted: v, UpdatedAt: n.pass,
			})
		}
	}
}

// amend makes some minutes of the last hours late.
func (n *countryTables) amend() {
	for i := range 6 {
		since := (n.now.Sub(n.e.Opens) - time.Duration(11+i*23)*time.Minute).Truncate(23 * time.Minute)
		m := n.e.Opens.Add(since)
		change := 9 + int64(40*chance(i, int(since/time.Minute)))
		c := n.e.Candidates[i%2].ID
		n.s.Amendments = append(n.s.Amendments, snapshot.AmendmentRow{
			Minute: m, Candidate: c, Before: 180, After: 180 + change, Revision: 1, AmendedAt: m.Add(7*time.Minute + time.Duration(i)*time.Second),
		})
	}
}

func (n *countryTables) snapshot() *snapshot.Snapshot {
	s := &n.s
	slices.SortFunc(s.Demographics, func(a, b snapshot.DemographicRow) int {
		return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.AgeGroup, b.AgeGroup), cmp.Compare(a.Gender, b.Gender))
	})
	slices.SortFunc(s.Hours, snapshot.CompareHours)
	s.Shown = Stepped(nil, s.Hours, n.e.SmallestGroup())
	for _, rows := range n.minutes {
		slices.SortFunc(rows, func(a, b snapshot.MinuteRow) int {
			return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.Candidate, b.Candidate))
		})
	}
	s.Minutes = slices.Concat(n.minutes...)
	n.amend()
	var accepted, registered int64
	for _, c := range n.e.Candidates {
		accepted += n.totals[c.ID]
		s.Candidates = append(s.Candidates, snapshot.CandidateRow{
			ElectionDate: n.e.Date.String(), ID: c.ID, Name: c.Name, Party: c.Party, Votes: n.totals[c.ID], UpdatedAt: n.pass,
		})
	}
	for _, r := range s.Regions {
		registered += r.Registered
	}
	for p := range int32(4) {
		part := func(all int64) int64 { return all/4 + map[bool]int64{true: all % 4}[p == 0] }
		duplicate, rejected, pending := part(accepted/37), part(accepted/71), part(accepted/211)
		records := part(accepted) + duplicate + rejected + pending
		s.Books = append(s.Books,
			countryBook("votes", p, records, part(accepted), duplicate, rejected, pending, n.now, n.pass),
			countryBook("voters", p, part(registered), part(registered), 0, 0, 0, n.now, n.pass))
	}
	s.Rejections = rejections(s.Books)
	return Report(s, n.pass)
}

// rejections are the rejected records of the books: most are of candidates who don't run.
func rejections(books []snapshot.BookRow) []snapshot.RejectionRow {
	var all, late int64
	for _, row := range books {
		all += row.Rejected
		late += row.Rejected / 4
	}
	rows := []snapshot.RejectionRow{
		{Topic: "votes", Reason: "outside_voting_hours", Records: late}, {Topic: "votes", Reason: "unknown_candidate", Records: all - late},
	}
	return slices.DeleteFunc(rows, func(row snapshot.RejectionRow) bool { return row.Records == 0 })
}

func countryBook(topic string, partition int32, records, accepted, duplicate, rejected, pending int64, event, pass time.Time) snapshot.BookRow {
	row := bookRow(topic, partition, records, accepted, duplicate, rejected, pending, pass)
	row.Watermark = event
	return row
}
