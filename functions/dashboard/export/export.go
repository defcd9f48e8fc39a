// Package export writes one section of the document of the results as rows. A document
// and the name of a section go in, a JSON or CSV file comes out.
package export

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// Section is a section as rows: the document of GET /api/v1/SECTION.json. It is
// taken from the results document, so that it shows nothing that isn't there.
type Section struct {
	Version string        `json:"version"` // of the results document
	AsOf    *time.Time    `json:"as_of"`
	Filter  filter.Filter `json:"filter"`
	Section string        `json:"section"`
	Table   string        `json:"table"`
	Rows    any           `json:"rows"`
}

// BookRow is a partition's account as a row.
type BookRow struct {
	Topic string `json:"topic"`
	results.Partition
}

// exported makes the rows of a section.
func exported(r *results.Document, section string) Section {
	e := Section{Version: r.Version, AsOf: r.AsOf, Filter: r.Filter, Section: section, Table: r.Sources[section].Table}
	switch section {
	case "candidates":
		e.Rows = r.Candidates
	case "areas":
		e.Rows = r.Areas
	case "regions":
		e.Rows = slices.DeleteFunc(slices.Clone(r.Regions), func(g results.Region) bool { return !r.Filter.InRegion(g.State) })
	case "seats":
		rows := []results.CandidateSeats{}
		if r.Seats != nil {
			rows = r.Seats.Candidates
		}
		e.Rows = rows
	case "hourly":
		e.Rows = r.Hourly
	case "minutes":
		e.Rows = r.Minutes
	case "demographics":
		e.Rows = r.Demographics
	case "amendments":
		e.Rows = r.Amendments
	case "books":
		rows := []BookRow{}
		for _, t := range r.Books.InOrder() {
			for _, p := range t.Partitions {
				rows = append(rows, BookRow{t.Name, p})
			}
		}
		e.Rows = rows
	}
	return e
}

// table is a section as a CSV file has it.
type table struct {
	head []string
	rows [][]string
}

// csvTable lays the rows out. Votes by candidate are a column for each, in the
// order of the candidates' ids.
func csvTable(r *results.Document, section string) table {
	ids := make([]string, 0, len(r.Candidates))
	for _, c := range r.Candidates {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	var t table
	switch rows := exported(r, section).Rows.(type) {
	case []results.Candidate:
		t.head = []string{"id", "name", "party", "votes", "share", "last_share"}
		for _, c := range rows {
			t.add(c.ID, c.Name, c.Party, c.Votes, c.Share, c.LastShare)
		}
	case []results.Region:
		t.head = byCandidate(ids, slices.Concat([]string{"state", "name"}, placeColumns, []string{"parent"})...)
		for _, g := range rows {
			t.by(ids, g.By, slices.Concat([]any{g.State, g.Name}, place(g.Place), []any{g.Parent})...)
		}
	case []results.Area:
		t.head = byCandidate(ids, slices.Concat([]string{"id", "name", "regions"}, placeColumns)...)
		for _, a := range rows {
			t.by(ids, a.By, slices.Concat([]any{a.ID, a.Name, a.Regions}, place(a.Place))...)
		}
	case []results.CandidateSeats:
		t.head = []string{"id", "seats", "last"}
		for _, c := range rows {
			t.add(c.ID, c.Seats, c.Last)
		}
	case []results.Hour:
		t.head = byCandidate(ids, "hour", "votes", "held", "withheld", "complete", "final", "revision")
		for _, h := range rows {
			t.by(ids, h.By, h.Hour, h.Votes, h.Held, h.Withheld, h.Complete, h.Final, h.Revision)
		}
	case []results.Minute:
		t.head = byCandidate(ids, "minute", "votes", "withheld", "complete", "final", "revision")
		for _, m := range rows {
			t.by(ids, m.By, m.Minute, m.Votes, m.Withheld, m.Complete, m.Final, m.Revision)
		}
	case []disclosure.Group:
		t.head = []string{"state", "age_group", "gender", "registered", "voted", "participation", "suppressed"}
		for _, g := range rows {
			t.add(g.State, g.AgeGroup, g.Gender, g.Registered, g.Voted, g.Participation, g.Suppressed)
		}
	case []disclosure.Amendment:
		t.head = []string{"window_start", "candidate", "before", "after", "change", "revision", "amended_at"}
		for _, a := range rows {
			t.add(a.WindowStart, a.Candidate, a.Before, a.After, a.Change, a.Revision, a.AmendedAt)
		}
	case []BookRow:
		t.head = []string{
			"topic", "topic_id", "partition", "records", "accepted", "duplicate", "rejected", "pending", "gaps", "ahead", "balanced",
			"first_offset", "next_offset", "read_offset", "last_offset", "watermark", "last_ingested_at",
		}
		for _, b := range rows {
			t.add(b.Topic, b.TopicID, b.Partition.Partition, b.Records, b.Accepted, b.Duplicate, b.Rejected, b.Pending, b.Gaps, b.Ahead, b.Balanced,
				b.FirstOffset, b.NextOffset, b.ReadOffset, b.LastOffset, b.Watermark, b.LastIngestedAt)
		}
	}
	return t
}

// placeColumns are what a region and an area have in common.
var placeColumns = []string{"registered", "voted", "turnout", "held", "race", "leader", "leader_votes", "margin", "margin_share", "seats", "last_leader", "swing"}

func place(p results.Place) []any {
	return []any{p.Registered, p.Voted, p.Turnout, p.Held, p.Race, p.Leader, p.LeaderVotes, p.Margin, p.MarginShare, p.Seats, p.LastLeader, p.Swing}
}

// byCandidate adds a column for each candidate to the names of columns.
func byCandidate(ids []string, names ...string) []string {
	for _, id := range ids {
		names = append(names, "votes_"+id)
	}
	return names
}

// by adds a row. The votes by candidate are at its end, empty where they are withheld.
func (t *table) by(ids []string, votes map[string]int64, values ...any) {
	for _, id := range ids {
		if votes == nil {
			values = append(values, "")
			continue
		}
		values = append(values, votes[id])
	}
	t.add(values...)
}

// add adds a row.
func (t *table) add(values ...any) {
	row := make([]string, 0, len(values))
	for _, v := range values {
		row = append(row, field(v))
	}
	t.rows = append(t.rows, row)
}

// field writes a value; what doesn't exist is empty.
func field(value any) string {
	switch v := value.(type) {
	case string:
		return harmless(v)
	case *string:
		if v != nil {
			return harmless(*v)
		}
	case int64:
		return strconv.FormatInt(v, 10)
	case *int64:
		if v != nil {
			return strconv.FormatInt(*v, 10)
		}
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case *float64:
		if v != nil {
			return strconv.FormatFloat(*v, 'f', -1, 64)
		}
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case *time.Time:
		if v != nil {
			return v.UTC().Format(time.RFC3339Nano)
		}
	default:
		panic(fmt.Sprintf("dashboard: no way to write a %T into a CSV file", value))
	}
	return ""
}

// harmless keeps spreadsheets from taking a text, which may come from a vote,
// for a formula: by a quote in front, as OWASP advises.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}

// The media types of exports.
const csvType = "text/csv; charset=utf-8; header=present"

// JSON is the document of a section.
func JSON(r *results.Document, section string) (*httpdoc.Document, error) {
	return httpdoc.JSON(exported(r, section))
}

// CSV is the file of a section, as RFC 4180 has it.
func CSV(r *results.Document, section string) (*httpdoc.Document, error) {
	var text strings.Builder
	w := csv.NewWriter(&text)
	w.UseCRLF = true
	t := csvTable(r, section)
	head := make([]string, 0, len(t.head))
	for _, name := range t.head {
		head = append(head, harmless(name))
	}
	if err := w.WriteAll(append([][]string{head}, t.rows...)); err != nil {
		return nil, fmt.Errorf("write %s as CSV: %w", section, err)
	}
	return httpdoc.New(csvType, []byte(text.String())).Named(r.Election.ID + "-" + section + ".csv"), nil
}
