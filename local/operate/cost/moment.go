package cost

import (
	"math"
	"time"
)

// moment is the state of an election when a pass runs. How much the pass reads depends on
// it.
type moment struct {
	m *Measurement
	w Workload

	voterRecords, voteRecords float64 // read so far
	voterRate, voteRate       float64 // a second, now
	hours                     float64 // of voting that have begun
	loadMinutes               float64 // of registrations so far
	period                    float64 // seconds from the pass before
}

// rows is how many rows of a table a read is billed for.
func (t moment) rows(r read) float64 {
	switch r.scope {
	case recent:
		return t.recentRows(r.table, recentHours)
	case looked:
		return t.recentRows(r.table, lookHours+t.period/3600/2)
	case fresh:
		return t.freshRows(r.table)
	case touched:
		return min(t.touchedRows(r.table), t.wholeRows(r.table))
	default:
		return t.wholeRows(r.table)
	}
}

// perVoter and perVote are the rows of a table for each record of the topics.
func (t moment) perVoter(table string) float64 {
	return float64(t.m.Tables[table].Rows) / float64(t.m.VoterRecords)
}

func (t moment) perVote(table string) float64 {
	return float64(t.m.Tables[table].Rows) / float64(t.m.VoteRecords)
}

func (t moment) recentRows(table string, hours float64) float64 {
	seconds := hours * 3600 * bridgeShare
	voters, votes := min(t.voterRate*seconds, t.voterRecords), min(t.voteRate*seconds, t.voteRecords)
	switch table {
	case "raw.voters":
		return voters * t.perVoter(table)
	case "raw.votes":
		return votes * t.perVote(table)
	default: // rejects, of both topics
		return (voters + votes) * t.perRecord(table)
	}
}

// perRecord is the rows of a table that records of both topics lead to.
func (t moment) perRecord(table string) float64 {
	return float64(t.m.Tables[table].Rows) / float64(t.m.VoterRecords+t.m.VoteRecords)
}

func (t moment) freshRows(table string) float64 {
	voters, votes := t.voterRate*t.period, t.voteRate*t.period
	switch table {
	case "fresh_voters", "roll":
		return voters
	case "fresh_votes":
		return votes
	case "fresh_records":
		return voters + votes
	case "contenders": // the votes of voters who register now come later
		return votes
	default: // touched_windows
		return math.Ceil(t.period/60) + 1
	}
}

func (t moment) wholeRows(table string) float64 {
	minutes := t.hours * 60
	switch table {
	case "core.voters":
		return t.voterRecords * t.perVoter(table)
	case "core.ballots":
		return t.voteRecords * t.perVote(table)
	case "core.duplicates":
		return (t.voterRecords + t.voteRecords) * t.perRecord(table)
	case "core.vote_windows":
		return minutes * filled(t.voteGroups(), t.voteRate*60)
	case "core.vote_hours":
		return t.hours * filled(t.voteGroups(), t.voteRate*3600)
	case "core.electorate_windows":
		rate := loadRate * 60 * float64(t.w.Shards)
		return t.loadMinutes * filled(t.voterGroups(), rate)
	case "core.book_windows":
		return (minutes + t.loadMinutes) * float64(t.w.Partitions)
	case "analytics.hourly_trends", "analytics.shown_hours":
		return t.hours * float64(t.m.Candidates*t.m.States)
	case "analytics.candidate_totals":
		return float64(t.m.Candidates)
	case "analytics.amendments": // as if every minute were amended once
		return minutes * float64(t.m.Candidates)
	case "raw.log_ends": // of a day at most, both topics
		return min(t.hours, 24) * 3600 / reportsEvery.Seconds() * 2 * float64(t.w.Partitions)
	case "analytics.certifications":
		return 1
	case "analytics.rejections": // as if each partition had each reason
		return 2 * float64(t.w.Partitions*reasons)
	case "analytics.regional_turnout":
		return float64(t.m.States)
	case "analytics.demographic_analysis":
		return t.voterGroups()
	default: // core.progress, analytics.books
		return 2 * float64(t.w.Partitions)
	}
}

// touchedRows is the number of rows in the blocks that a pass counts again: some
// hours of votes, and all registrations while any come.
func (t moment) touchedRows(table string) float64 {
	hours := min(t.hours, touchedHours)
	switch table {
	case "core.ballots":
		return t.voteRate * 3600 * hours * t.perVote(table)
	case "core.vote_windows":
		return hours * 60 * filled(t.voteGroups(), t.voteRate*60)
	case "core.book_windows":
		return touchedHours * 60 * float64(t.w.Partitions)
	case "core.voters":
		if t.voterRate == 0 {
			return 0 // they registered on other days
		}
	}
	return t.wholeRows(table)
}

func (t moment) voteGroups() float64 { return float64(t.m.Candidates) * t.voterGroups() }
func (t moment) voterGroups() float64 {
	return float64(t.m.States * t.m.AgeGroups * t.m.Genders)
}

// filled is the expected number of groups with a row, if n records fall on the
// groups at random with equal chances.
func filled(groups, n float64) float64 { return groups * -math.Expm1(-n/groups) }

// bytes is what a statement is billed for.
func (t moment) bytes(s step) float64 {
	sum := 0.0
	for _, r := range s.reads {
		table := r.table
		if t.m.Tables[table].Columns == nil {
			table = like[table]
		}
		sum += max(leastTable, t.rows(r)*t.m.width(table, r.columns))
	}
	return sum
}

// passBytes is what a pass and the poll before it are billed for, by group. Ballots move in
// passes with registrations.
func (t moment) passBytes() map[string]float64 {
	groups := map[string]float64{poll.group: t.bytes(poll), state.group: t.bytes(state)}
	for _, s := range stepsOf(t.voterRate > 0) {
		if s.name == "ballots" && t.voterRate == 0 {
			s = ballotsNew
		}
		groups[s.group] += t.bytes(s)
	}
	return groups
}

// stepsOf are the statements of a pass with registrations, or without.
func stepsOf(registrations bool) []step {
	if registrations {
		return pass
	}
	var kept []step
	for _, s := range pass {
		if other, ok := instead[s.name]; ok {
			s = other
		}
		if s.name != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// comes is how likely a vote comes within a time.
func (t moment) comes(within time.Duration) float64 {
	return -math.Expm1(-t.voteRate * within.Seconds())
}

// stepBytes is what the steps from a pass to the next are billed for: each has a poll, and
// moves the shown votes if something has come.
func (t moment) stepBytes() float64 {
	if t.w.Step == 0 {
		return 0
	}
	steps := max(0, t.period/t.w.Step.Seconds()-1)
	return steps * (t.bytes(poll) + t.comes(t.w.Step)*t.bytes(shownLive(t.voterRate > 0)))
}
