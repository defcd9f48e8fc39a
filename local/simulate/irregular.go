package simulate

// Irregularity is a kind of irregular records and how many there are.
type Irregularity struct {
	Name    string // in the plural
	Records int
}

// irregularities names kinds in the order in which they are printed.
var irregularities = []struct {
	kind kind
	name string
}{
	{duplicateVote, "repeated votes"},
	{secondVote, "second votes"},
	{strangersVote, "votes of unknown voters"},
	{votesForUnknown, "votes for unknown candidates"},
	{voteOutsideHours, "votes outside the hours"},
	{malformedVote, "malformed votes"},
	{hugeVote, "huge votes"},
	{malformedVoter, "malformed registrations"},
	{repeatedRegistration, "repeated registrations"},
	{lateRegistration, "registrations after the vote"},
	{move, "moves"},
}

// Irregularities counts what the simulation mixes in; kinds without records are
// left out.
func (s *Simulation) Irregularities() []Irregularity {
	counts := map[kind]int{}
	late := 0
	for _, e := range s.timetable {
		counts[e.kind]++
		if e.kind == firstVote && e.at != s.after(s.votedAt(e.who)) {
			late++
		}
	}
	var list []Irregularity
	if late > 0 {
		list = append(list, Irregularity{"late votes", late})
	}
	for _, i := range irregularities {
		if n := counts[i.kind]; n > 0 {
			list = append(list, Irregularity{i.name, n})
		}
	}
	return list
}
