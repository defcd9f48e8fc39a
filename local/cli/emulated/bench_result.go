package emulated

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/stress/bench"
)

// benchResult is the last line of standard output.
type benchResult struct {
	Machine    string           `json:"machine"`
	Warehouses []measured       `json:"warehouses"` // on this machine
	Cloud      []*bench.Latency `json:"like_cloud_latency,omitempty"`

	ColdStarts map[string]bench.ColdStart `json:"cold_starts,omitempty"` // by function
}

// measured is what was measured with one kind of warehouse.
type measured struct {
	Warehouse  string            `json:"warehouse"`
	Throughput *bench.Throughput `json:"throughput,omitempty"`
	Latency    *bench.Latency    `json:"latency,omitempty"`
	Stages     *bench.Stages     `json:"stages,omitempty"`
}

// differences are those between tables and ledgers, of all that was measured.
func (r *benchResult) differences() (n int) {
	latencies := r.Cloud
	for _, m := range r.Warehouses {
		if m.Throughput != nil {
			n += m.Throughput.Differences
		}
		latencies = append(latencies[:len(latencies):len(latencies)], m.Latency)
	}
	for _, l := range latencies {
		if l != nil {
			n += l.Differences
		}
	}
	return n
}

// benchTable is the result for people.
func benchTable(r benchResult) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nEverything on one machine: %s\n\n", r.Machine)
	var columns []latencyColumn
	for _, m := range r.Warehouses {
		if m.Latency != nil {
			columns = append(columns, latencyColumn{"here, " + m.Warehouse, m.Latency})
		}
	}
	for _, l := range r.Cloud {
		label := "like " + l.Like
		if l.Modelled > 0 {
			label += ", national"
		}
		columns = append(columns, latencyColumn{label, l})
	}
	b.WriteString(latencyTable(columns))
	if len(r.Cloud) > 0 {
		b.WriteString("  (times like the cloud are as good as those of emulator/profile/cloud.json. Settings are Terraform's defaults,\n" +
			"  for the nation those of docs/cost.md; its tables count for as many rows as the cost model has at midday)\n\n")
	}
	for _, m := range r.Warehouses {
		m.write(&b)
	}
	for _, name := range sortedKeys(r.ColdStarts) {
		benchRow(&b, "start of "+name+" to its first answer", "p50 %.0f ms, max %.0f ms", r.ColdStarts[name].P50, r.ColdStarts[name].Max)
	}
	return b.String() + "\n"
}

func benchRow(b *strings.Builder, what, format string, args ...any) {
	fmt.Fprintf(b, "  %-46s %s\n", what, fmt.Sprintf(format, args...))
}

// write writes what was measured besides the latency.
func (m *measured) write(b *strings.Builder) {
	if m.Throughput == nil && m.Stages == nil {
		return
	}
	row := func(what, format string, args ...any) { benchRow(b, what, format, args...) }
	number := func(f float64) string { return console.Number(int64(f)) }
	fmt.Fprintf(b, "With the tables in %s:\n", m.Warehouse)
	if t := m.Throughput; t != nil {
		cast := map[bool]string{true: " cast over a day"}[t.WholeDay]
		row("Kafka to the analytics tables", "%s votes/s over %s votes%s, %s", number(t.VotesPerSecond), console.Number(t.Votes), cast, exactness(t.Differences))
		row("registrations", "%s voters/s over %s voters", number(t.VotersPerSecond), console.Number(t.Voters))
		row("memory of all functions, at most", "%s", memoryText(t.PSSMB, t.MemoryMB))
		for _, name := range sortedKeys(t.MemoryParts) {
			row("  "+name, "%s", memoryText(t.PSSParts[name], t.MemoryParts[name]))
		}
	}
	if t := m.Stages; t != nil {
		row("simulator alone", "%s records/s", number(t.Simulate))
		row("bridge alone", "%s records/s", number(t.Bridge))
		row("ingest alone", "%s records/s", number(t.Ingest))
		row("aggregate alone", "%s records/s", number(t.Aggregate))
		row("dashboard alone, one core", "%s requests/s", number(t.Dashboard))
	}
	b.WriteString("\n")
}

// memoryText names both measures of memory; see bench.Memory.
func memoryText(pss, rss float64) string {
	if pss == 0 { // this system doesn't tell it
		return fmt.Sprintf("%.0f MB resident (RSS)", rss)
	}
	return fmt.Sprintf("%.0f MB (PSS), %.0f MB (RSS)", pss, rss)
}

// A latencyColumn is a latency and where it was measured.
type latencyColumn struct {
	label string
	*bench.Latency
}

// latencyTable is the latencies side by side.
func latencyTable(columns []latencyColumn) string {
	if len(columns) == 0 {
		return ""
	}
	var b strings.Builder
	row := func(what string, cell func(l latencyColumn) string) {
		fmt.Fprintf(&b, "  %-30s", what)
		for _, l := range columns {
			fmt.Fprintf(&b, " %22s", cell(l))
		}
		b.WriteString("\n")
	}
	row("", func(l latencyColumn) string { return l.label })
	row("a vote to /api/v1/results at", func(l latencyColumn) string { return console.Number(int64(l.Rate)) + " votes/s" })
	row("  p50", func(l latencyColumn) string { return latency(l.P50) })
	row("  p99", func(l latencyColumn) string { return latency(l.P99) })
	row("  max", func(l latencyColumn) string { return latency(l.Max) })
	hop := func(h bench.Hop) string { return latency(h.P50) + ", " + latency(h.P99) }
	row("  until ingest has it, p50, p99", func(l latencyColumn) string { return hop(l.Hops.Taken) })
	row("  from there, p50, p99", func(l latencyColumn) string { return hop(l.Hops.Shown) })
	row("  tables and ledger", func(l latencyColumn) string { return exactness(l.Differences) })
	b.WriteString("\n")
	return b.String()
}

func exactness(differences int) string {
	if differences == 0 {
		return "exact"
	}
	return "NOT exact"
}
