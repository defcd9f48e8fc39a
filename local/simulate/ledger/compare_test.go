package ledger

import (
	"context"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
)

// memory is a reader of rows that were made by a ledger and then changed.
type memory struct {
	rows map[string][][]any
	err  error
}

func (m *memory) Read(_ context.Context, table string, _ []string, row func([]any) error) error {
	for _, values := range m.rows[table] {
		if err := row(values); err != nil {
			return err
		}
	}
	return m.err
}

// inMemory returns the tables of a ledger as a reader would find them.
func inMemory(l *Ledger) *memory {
	m := &memory{rows: map[string][][]any{}}
	for _, t := range l.Tables(plain) {
		for key, value := range t.rows {
			var row []any
			for _, v := range strings.Split(key+separator+value, separator) {
				if v == null {
					row = append(row, nil)
				} else {
					row = append(row, v)
				}
			}
			m.rows[t.Name] = append(m.rows[t.Name], row)
		}
	}
	return m
}

func TestCompareEqual(t *testing.T) {
	got, err := small().Compare(t.Context(), inMemory(small()), plain)
	if err != nil || len(got) > 0 {
		t.Errorf("equal tables: differences %q, error %v", got, err)
	}
}

func TestCompareFindsEachKindOfDifference(t *testing.T) {
	find := func(m *memory, table, first string) int {
		for i, row := range m.rows[table] {
			if row[0] == first {
				return i
			}
		}
		t.Fatalf("%s has no row of %s", table, first)
		return 0
	}
	for name, tt := range map[string]struct {
		change func(*memory)
		want   string
	}{
		"other value": {func(m *memory) { m.rows["core.ballots"][find(m, "core.ballots", "ann")][7] = "a" },
			"core.ballots: voter_key=ann: candidate is a, want b"},
		"null": {func(m *memory) { m.rows["core.ballots"][find(m, "core.ballots", "bob")][11] = nil },
			"core.ballots: voter_key=bob: state is NULL, want TX"},
		"missing": {func(m *memory) { m.rows["core.duplicates"] = m.rows["core.duplicates"][:0] },
			"core.duplicates: no row of kafka_topic=voters kafka_topic_id=voters-id kafka_partition=0 kafka_offset=0; want " +
				"kafka_timestamp=2026-11-03T12:00:00Z voter_key=ann event_time=2026-11-03T12:00:00Z"},
		"too many": {func(m *memory) {
			m.rows["analytics.candidate_totals"] = append(m.rows["analytics.candidate_totals"],
				[]any{civil.Date{Year: 2026, Month: 11, Day: 3}, "d", "D", nil, nil, int64(2), 0.25})
		}, "analytics.candidate_totals: a row too many, election_date=2026-11-03 candidate=d: " +
			"name=D party=NULL candidate_image=NULL votes=2 share=0.25"},
		"twice": {func(m *memory) { m.rows["core.voters"] = append(m.rows["core.voters"], m.rows["core.voters"]...) },
			"core.voters: more than one row of voter_key=dot"},
	} {
		t.Run(name, func(t *testing.T) {
			m := inMemory(small())
			tt.change(m)
			got, err := small().Compare(t.Context(), m, plain)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(got, "\n")+"\n", tt.want+"\n") {
				t.Errorf("differences:\n%s\nwant one that says\n%s", strings.Join(got, "\n"), tt.want)
			}
		})
	}
}

func TestCompareShowsTheFirstFew(t *testing.T) {
	l := &Ledger{}
	for i := range int64(40) {
		l.AddVote(Vote{Position: at("votes", 0, i, i), VoterID: string(rune('A' + i)), Candidate: "a", VotedAt: noon.UnixMicro()})
	}
	m := inMemory(l)
	m.rows["core.ballots"] = nil
	got, err := l.Compare(t.Context(), m, plain)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != shown+1 || got[shown] != "core.ballots: 35 more differences" {
		t.Errorf("got %q, want %d differences and a count", got, shown)
	}
}

func TestCompareReportsAnUnreadableTable(t *testing.T) {
	m := inMemory(small())
	m.err = context.DeadlineExceeded
	_, err := small().Compare(t.Context(), m, plain)
	if err == nil || !strings.Contains(err.Error(), "core.voters") {
		t.Errorf("got %v, want an error that names core.voters", err)
	}
	m = &memory{rows: map[string][][]any{"core.voters": {{"one", "two"}}}}
	if _, err := small().Compare(t.Context(), m, plain); err == nil || !strings.Contains(err.Error(), "2 values") {
		t.Errorf("got %v, want an error about the number of values", err)
	}
}

func TestAppendText(t *testing.T) {
	for want, v := range map[string]any{
		"NULL": nil, "x": "x", "-7": int64(-7), "7": int32(7), "0.333333333333": 1.0 / 3,
		"2026-11-03T12:00:00.000123Z": noon.Add(123 * time.Microsecond).In(time.FixedZone("", 3600)),
		"2026-11-03":                  civil.DateOf(noon),
	} {
		if got := string(appendText(nil, v)); got != want {
			t.Errorf("text of %v (%T): got %s, want %s", v, v, got, want)
		}
	}
}
