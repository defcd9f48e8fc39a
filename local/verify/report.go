package verify

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"
)

// A Report is the outcome of an audit.
type Report struct {
	Partitions  []Partition  `json:"partitions"`
	DeadLetters []DeadLetter `json:"dead_letters"`
	Findings    []Finding    `json:"findings"` // what is wrong; none where the count is right
	Tables      int          `json:"tables"`   // compared

	deadLettersRead bool
}

// A Finding is one thing that is wrong.
type Finding struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"` // how many rows or records it is about
	Text  string `json:"text"`
}

func (f Finding) String() string { return f.Table + ": " + f.Text }

// OK reports whether nothing is wrong.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

// Err is nil where nothing is wrong.
func (r *Report) Err() error {
	if r.OK() {
		return nil
	}
	return fmt.Errorf("the count doesn't follow from the records (%d differences are listed above)", len(r.Findings))
}

// shownFindings is how many findings of one table are spelled out.
const shownFindings = 8

// String is the report as people read it.
func (r *Report) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "partition\tKafka's offsets\tseen\tgaps\taccepted\tduplicate\trejected\tpending\ton the way\tdead letters\t")
	for _, p := range r.Partitions {
		offsets := "-"
		if p.KafkaEnd >= 0 {
			offsets = fmt.Sprintf("%d to %d", p.KafkaFirst, p.KafkaEnd)
		}
		dead := "?"
		if r.deadLettersRead {
			dead = fmt.Sprint(p.DeadLetters)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t\n", p.Key, offsets, p.Records, p.Gaps,
			p.Accepted, p.Duplicate, p.Rejected, p.Pending, p.OnTheWay, dead)
	}
	_ = w.Flush() // to memory
	for _, p := range r.Partitions {
		if p.Gaps > 0 {
			fmt.Fprintf(&b, "%s: of %d offsets without a row, %s\n", p.Key, p.Gaps, p.gaps())
		}
	}
	r.findings(&b)
	return b.String()
}

// gaps says what the offsets are that raw lacks.
func (p Partition) gaps() string {
	var parts []string
	for _, part := range []struct {
		n    int64
		text string
	}{
		{p.Markers, "%d mark transactions"},
		{p.Empty, "%d hold nothing (compacted, or of an aborted transaction)"},
		{p.Gone, "%d are no longer on Kafka"},
		{p.Missing, "%d hold records: they are missing"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf(part.text, part.n))
		}
	}
	return strings.Join(parts, ", ")
}

// findings lists what is wrong, by table.
func (r *Report) findings(b *strings.Builder) {
	shown := map[string]int{}
	var order []string
	for _, f := range r.Findings {
		if shown[f.Table]++; shown[f.Table] == 1 {
			order = append(order, f.Table)
		}
	}
	for _, table := range order {
		n := 0
		fmt.Fprintf(b, "\n%s differs:\n", table)
		for _, f := range r.Findings {
			if f.Table != table {
				continue
			}
			if n++; n > shownFindings {
				fmt.Fprintf(b, "  … and %d more\n", shown[table]-shownFindings)
				break
			}
			fmt.Fprintf(b, "  %s\n", f.Text)
		}
	}
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.TopicID, b.TopicID), cmp.Compare(a.Number, b.Number))
}
