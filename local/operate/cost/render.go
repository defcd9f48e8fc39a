package cost

import (
	"fmt"
	"math"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Text is an estimate for people.
func (e Estimate) Text(m Measurement, p Prices) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s voters, %v hours, a pass every %v (%s passes), votes wait %v for others\n\n",
		integer(float64(e.Voters)), e.Hours, e.Workload.PassInterval, integer(e.Passes), e.Workload.Linger)
	e.writeLines(&b)
	fmt.Fprintf(&b, "\n  A vote is on the dashboard after %s, 99 of 100 after %s; a pass takes %s, a look %s (modelled).\n",
		spell(e.Latency.P50), spell(e.Latency.P99), spell(e.Latency.Pass), spell(e.Latency.Look))
	if day, err := Waiting(e.Workload, true, m, p); err == nil {
		fmt.Fprintf(&b, "  A day of waiting for it is %s.\n", dollars(day.Total))
	}
	if v, err := Visits(visits, visitTime, e.Workload, m, p); err == nil {
		fmt.Fprintf(&b, "  Readers come on top: %s visits of %v to the dashboard are %s.\n", integer(visits), visitTime, dollars(v))
	}
	fmt.Fprintf(&b, "  Without Kafka. Prices of %s, %s, in %s; measured on %s (%s); see docs/cost.md.\n\n",
		p.Date, p.Region, p.Currency, m.Date, m.Machine)
	return b.String()
}

// writeLines writes every line, and their sum.
func (e Estimate) writeLines(b *strings.Builder) {
	part := ""
	for _, l := range e.Lines {
		if l.Part != part {
			part = l.Part
			fmt.Fprintf(b, "  %-48s %26s %10s\n", part, "", dollars(e.part(part)))
		}
		fmt.Fprintf(b, "    %-46s %26s %10s\n", l.What, quantity(l.Quantity)+" "+l.Unit, dollars(l.Cost))
	}
	fmt.Fprintf(b, "\n  %-48s %26s %10s\n", "together, at list prices", "", dollars(e.Total))
	fmt.Fprintf(b, "  %-48s %26s %10s\n", "together, if the free tiers are all its own", "", dollars(e.AfterFree))
}

// What readers are priced by.
const (
	visits    = 100_000
	visitTime = 15 * time.Minute
)

// part is what a part costs.
func (e Estimate) part(name string) float64 {
	cost := 0.0
	for _, l := range e.Lines {
		if l.Part == name {
			cost += l.Cost
		}
	}
	return cost
}

// Sizes of the elections in the documentation: a town, a large city, a nation.
var Sizes = []int64{10_000, 1_000_000, 150_000_000}

// documentedHours is how long these vote.
const documentedHours = 14

// Tables are the tables of the documentation, in Markdown: the costs of elections
// of three sizes, those of the largest with other intervals, and those of a day of waiting.
func Tables(m Measurement, p Prices) (string, error) {
	var estimates []Estimate
	for _, voters := range Sizes {
		e, err := Of(Suggested(voters, documentedHours), m, p)
		if err != nil {
			return "", err
		}
		estimates = append(estimates, e)
	}
	var b strings.Builder
	row := func(what string, cell func(e Estimate) string) {
		b.WriteString("| " + what + " |")
		for _, e := range estimates {
			b.WriteString(" " + cell(e) + " |")
		}
		b.WriteByte('\n')
	}
	row("voters", func(e Estimate) string { return integer(float64(e.Voters)) })
	b.WriteString("|---|" + strings.Repeat("--:|", len(estimates)) + "\n")
	row("`PASS_INTERVAL`, seconds", func(e Estimate) string { return quantity(e.Interval) })
	row("`STEP_INTERVAL`, seconds", func(e Estimate) string { return quantity(e.Workload.Step.Seconds()) })
	row("`LINGER_MS`", func(e Estimate) string { return quantity(float64(e.Workload.Linger.Milliseconds())) })
	row("`REFRESH`, seconds", func(e Estimate) string { return quantity(e.Workload.Refresh.Seconds()) })
	row("passes", func(e Estimate) string { return integer(e.Passes) })
	row("a pass takes", func(e Estimate) string { return spell(e.Latency.Pass) })
	row("a look takes", func(e Estimate) string { return spell(e.Latency.Look) })
	row("**a vote to the dashboard, p50**", func(e Estimate) string { return "**" + spell(e.Latency.P50) + "**" })
	row("p99", func(e Estimate) string { return spell(e.Latency.P99) })
	part := ""
	for i, l := range estimates[0].Lines {
		if l.Part != part {
			part = l.Part
			row("**"+part+"**", func(e Estimate) string { return "**" + dollars(e.part(part)) + "**" })
		}
		row(l.What, func(e Estimate) string { return dollars(e.Lines[i].Cost) })
	}
	row("**together, at list prices**", func(e Estimate) string { return "**" + dollars(e.Total) + "**" })
	row("if the free tiers are all its own", func(e Estimate) string { return dollars(e.AfterFree) })
	levers, err := leverTable(estimates[len(estimates)-1].Workload, m, p)
	if err != nil {
		return "", err
	}
	waiting, err := waitingTable(m, p)
	return b.String() + "\n" + levers + "\n" + waiting, err
}

// leverTable shows how the cost and the latency depend on how often the dashboard looks,
// and the cost on how often a pass begins.
func leverTable(w Workload, m Measurement, p Prices) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s voters: a look every | a pass every | queries | together | p50 | p99 |\n|---|--:|--:|--:|--:|--:|\n", integer(float64(w.Voters)))
	for _, every := range []struct{ look, pass time.Duration }{
		{10 * time.Second, w.PassInterval}, {Nation().Refresh, w.PassInterval}, {28 * time.Second, w.PassInterval}, // a vote in 20 s
		{w.Refresh, 5 * time.Minute}, {w.Refresh, w.PassInterval}, {w.Refresh, 25 * time.Minute},
		{90 * time.Second, w.PassInterval}, {3 * time.Minute, w.PassInterval}, {10 * time.Minute, w.PassInterval},
	} {
		w.Refresh, w.PassInterval = every.look, every.pass
		e, err := Of(w, m, p)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "| %v | %v | %s | %s | %s | %s |\n", every.look, every.pass, dollars(e.part(partQueries)), dollars(e.Total), spell(e.Latency.P50), spell(e.Latency.P99))
	}
	return b.String(), nil
}

// waitingTable shows what a day costs on which everybody is registered and nobody votes,
// and what it would where calls didn't end at once.
func waitingTable(m Measurement, p Prices) (string, error) {
	var b strings.Builder
	b.WriteString("| a day of waiting |")
	var days []Estimate
	for _, voters := range Sizes {
		day, err := Waiting(Suggested(voters, documentedHours), true, m, p)
		if err != nil {
			return "", err
		}
		days = append(days, day)
		b.WriteString(" " + integer(float64(voters)) + " voters |")
	}
	awake, err := Waiting(Suggested(Sizes[0], documentedHours), false, m, p)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, " %s, `idle_seconds = 0` |\n|---|%s\n", integer(float64(Sizes[0])), strings.Repeat("--:|", len(days)+1))
	days = append(days, awake)
	row := func(what string, cell func(e Estimate) string) {
		b.WriteString("| " + what + " |")
		for _, day := range days {
			b.WriteString(" " + cell(day) + " |")
		}
		b.WriteByte('\n')
	}
	for _, part := range []string{partPubSub, partFunctions, partQueries, partWarehouse, partOther} {
		row(part, func(e Estimate) string { return dollars(e.part(part)) })
	}
	row("**together, at list prices**", func(e Estimate) string { return "**" + dollars(e.Total) + "**" })
	return b.String(), nil
}

// spell writes seconds as a person says them: to the second, and from two minutes on
// as minutes.
func spell(seconds float64) string {
	if seconds < 120 {
		return decimal(seconds, number.MaxFractionDigits(0)) + " s"
	}
	return decimal(seconds/60, number.MaxFractionDigits(1)) + " min"
}

func dollars(f float64) string {
	switch {
	case f >= 0.005:
		return "$" + decimal(f, number.Scale(2))
	case f > 0:
		return "< $0.01"
	default:
		return "$0"
	}
}

func integer(f float64) string { return decimal(f, number.MaxFractionDigits(0)) }

// quantity has three significant digits, or all of those before the point.
func quantity(f float64) string {
	if f == 0 {
		return "0"
	}
	digits := max(0, 2-int(math.Floor(math.Log10(math.Abs(f)))))
	return decimal(f, number.MaxFractionDigits(min(digits, 6)))
}

// decimal writes a number with commas between the thousands.
func decimal(f float64, o ...number.Option) string {
	return message.NewPrinter(language.English).Sprint(number.Decimal(f, o...))
}
