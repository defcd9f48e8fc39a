package verify

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/tallystream/tallystream/shared/kafka"
)

// A Report is the outcome of an audit.
type Report struct {
	Partitions  []Partition  `json:"partitions"`
	DeadLetters []DeadLetter `json:"dead_letters"`
	Notes       []string     `json:"notes"`    // what happened, and makes no difference
	Findings    []Finding    `json:"findings"` // what is wrong; none where the count is right
	Unread      []Unread     `json:"unread"`   // partitions that couldn't be read to their end: the audit isn't whole
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

// Unread is a partition that couldn't be read from an offset on.
type Unread struct {
	kafka.TopicPartition
	From  int64  `json:"from"`
	End   int64  `json:"end"` // of its log when the audit began; -1 where Kafka doesn't hold it
	Cause string `json:"cause"`
}

func (u Unread) String() string {
	if u.End < 0 {
		return fmt.Sprintf("%s: %s", u.TopicPartition, u.Cause)
	}
	return fmt.Sprintf("%s from offset %d to its end, %d: %s; then verify again",
		u.TopicPartition, u.From, u.End, u.Cause)
}

// OK reports whether everything was audited and nothing is wrong.
func (r *Report) OK() bool { return len(r.Findings) == 0 && len(r.Unread) == 0 }

var (
	// ErrDiffers says that something is wrong with the count.
	ErrDiffers = errors.New("the count doesn't follow from the records")
	// ErrNotAudited says that a part of the count couldn't be audited.
	ErrNotAudited = errors.New("the count couldn't be audited")
)

// Err is nil if everything was audited and nothing is wrong, ErrDiffers if
// something is wrong, and else ErrNotAudited.
func (r *Report) Err() error {
	switch {
	case r.OK():
		return nil
	case len(r.Findings) == 0:
		return fmt.Errorf("%w to its end: %d partitions couldn't be read (they are listed above, each with its cause)", ErrNotAudited, len(r.Unread))
	}
	return fmt.Errorf("%w (listed above: %d)", ErrDiffers, len(r.Findings))
}

// Extent says how much of Kafka was read.
func (r *Report) Extent() string {
	var partitions, offsets int64
	for _, p := range r.Partitions {
		if p.ReadTo >= 0 {
			partitions, offsets = partitions+1, offsets+p.ReadTo-p.KafkaFirst
		}
	}
	if partitions == 0 {
		return "; Kafka wasn't asked"
	}
	return fmt.Sprintf(", and %d partitions of Kafka were read to their ends, %d offsets in all", partitions, offsets)
}

// shownFindings is how many findings of one table are spelled out.
const shownFindings = 8

// String is the report as people read it.
func (r *Report) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "partition\tKafka's offsets\tread to\tseen\tgaps\taccepted\tduplicate\trejected\tpending\ton the way\tdead letters\t")
	for _, p := range r.Partitions {
		offsets, readTo := "-", "-"
		if p.KafkaEnd >= 0 {
			offsets, readTo = fmt.Sprintf("%d to %d", p.KafkaFirst, p.KafkaEnd), fmt.Sprint(p.ReadTo)
		}
		dead := "?"
		if r.deadLettersRead {
			dead = fmt.Sprint(p.DeadLetters)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t\n", p.TopicPartition, offsets, readTo, p.Records, p.Gaps,
			p.Accepted, p.Duplicate, p.Rejected, p.Pending, p.OnTheWay, dead)
	}
	_ = w.Flush() // to memory
	for _, p := range r.Partitions {
		if p.Gaps > 0 {
			fmt.Fprintf(&b, "%s: of %d offsets without a row, %s\n", p.TopicPartition, p.Gaps, p.gaps())
		}
	}
	for _, note := range r.Notes {
		fmt.Fprintln(&b, note)
	}
	for i, u := range r.Unread {
		if i == 0 {
			fmt.Fprintln(&b, "\nNot read:")
		}
		fmt.Fprintf(&b, "  %s\n", u)
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
