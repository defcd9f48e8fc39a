package cost

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// What a database of an election costs, beside its size. Where a value isn't known, the more
// expensive one is assumed.
const (
	partDatabase = "Cloud SQL"
	// rowBytes is what a row takes beside its values: a header of 24 bytes, and 4 for its
	// place in the page (PostgreSQL's manual, Database Page Layout).
	rowBytes = 28
	// indexShare and deadShare are what indexes take, and old versions of rows until they are
	// vacuumed, each as a share of the rows.
	indexShare, deadShare = 1, 0.5
	// backupShare is what the backups take of the data: one of everything, and what changed
	// since the one before for each of the others.
	backupShare = 2
	// databaseReferences and databaseSeries are those of the alerts that a database adds
	// (terraform/modules/monitoring/alerts.tf).
	databaseReferences, databaseSeries = 4, 4
	// longestLinger is how long a vote of a large election waits for others.
	longestLinger = 100 * time.Millisecond
	// fullDisk is how much of a disk is used when it grows.
	fullDisk = 0.8
)

// Database is a Cloud SQL instance, and for how long it is rented.
type Database struct {
	VCPUs            float64
	GiB              float64 // of memory
	DiskGiB          float64 // to begin with: it grows
	HighAvailability bool    // with a standby, as large, in another zone
	Days             float64
}

// SuggestedDatabase is an instance that suits an election, for a month: up to a million
// voters Terraform's defaults, for a nation those of examples/national-postgres.
func SuggestedDatabase(voters int64) Database {
	d := Database{VCPUs: 2, GiB: 7.5, DiskGiB: 20, HighAvailability: true, Days: daysOfMonth}
	switch {
	case voters > 10_000_000:
		d.VCPUs, d.GiB, d.DiskGiB = 16, 64, 500
	case voters > 1_000_000:
		d.VCPUs, d.GiB, d.DiskGiB = 4, 16, 100
	}
	return d
}

// OnPostgres returns the settings of an election whose warehouse is a database: a question
// costs nothing there, so that all sizes look and step as often as a small one on BigQuery.
func OnPostgres(voters int64, hours float64) Workload {
	w, small := Suggested(voters, hours), Suggested(1, hours)
	w.PassInterval, w.Step, w.Refresh = small.PassInterval, small.Step, small.Refresh
	w.Linger = min(w.Linger, longestLinger) // a message is a call of ingest, which isn't free
	return w
}

// OfPostgres estimates the cost of an election whose warehouse is a database.
func OfPostgres(w Workload, d Database, m Measurement, p Prices) (Estimate, error) {
	if err := w.Validate(); err != nil {
		return Estimate{}, err
	}
	if !(d.Days*24 >= w.Hours && d.Days <= 366) {
		return Estimate{}, fmt.Errorf("%v days of a database: want at least the %v hours of voting, and at most 366 days", d.Days, w.Hours)
	}
	if d.VCPUs <= 0 || d.GiB <= 0 || d.DiskGiB <= 0 {
		return Estimate{}, errors.New("a database without processors, memory or a disk")
	}
	e := Estimate{Workload: w, Voters: w.Voters, Hours: w.Hours, Interval: w.PassInterval.Seconds()}
	s := &sum{prices: p, estimate: &e}
	messages := s.pubsub(w, &m)
	s.functions(w, &m, messages)
	s.database(d, databaseGiB(w, &m))
	months := d.Days / daysOfMonth
	s.other(w, 1, messages+2*s.minutes(w))
	s.add(partOther, "alerts of the database", alertMonth, months*databaseReferences)
	s.add(partOther, "alerts of the database, by what they look at", alertPoints, months*daysOfMonth*24*60*databaseSeries/1e6)
	s.finish()
	return e, s.err
}

// database adds an instance that holds so many GiB in the end.
func (s *sum) database(d Database, held float64) {
	copies := 1.0
	if d.HighAvailability {
		copies = 2 // but for backups: prices.json says where that stands
	}
	months := d.Days / daysOfMonth
	s.add(partDatabase, "processors", sqlVCPUHour, copies*d.VCPUs*d.Days*24)
	s.add(partDatabase, "memory", sqlGiBHour, copies*d.GiB*d.Days*24)
	s.add(partDatabase, "disk", sqlDiskMonth, copies*math.Ceil(max(d.DiskGiB, held/fullDisk))*months)
	s.add(partDatabase, "backups", sqlBackupMonth, backupShare*held*months)
}

// databaseGiB is what the tables take when everybody has voted.
func databaseGiB(w Workload, m *Measurement) float64 {
	end := moment{
		m: m, w: w, voterRecords: float64(w.Voters), voteRecords: float64(w.Voters),
		voteRate: float64(w.Voters) / w.seconds(), hours: w.Hours, loadMinutes: max(1, w.loadSeconds()/60),
	}
	rows := map[string]float64{
		"raw.voters":  bridgeShare * end.voterRecords * end.perVoter("raw.voters"),
		"raw.votes":   bridgeShare * end.voteRecords * end.perVote("raw.votes"),
		"raw.rejects": bridgeShare * (end.voterRecords + end.voteRecords) * end.perRecord("raw.rejects"),
	}
	for _, table := range []string{"core.ballots", "core.voters", "core.duplicates", "core.vote_windows", "core.electorate_windows"} {
		rows[table] = end.wholeRows(table)
	}
	bytes := 0.0
	for table, n := range rows {
		bytes += n * (m.width(table, nil) + rowBytes)
	}
	return bytes * (1 + indexShare + deadShare) / gib
}

// PostgresText is an estimate of OfPostgres for people.
func (e Estimate) PostgresText(d Database, m Measurement, p Prices) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s voters, %v hours, a pass every %v, on PostgreSQL: %v vCPUs and %v GiB for %v days\n\n",
		integer(float64(e.Voters)), e.Hours, e.Workload.PassInterval, d.VCPUs, d.GiB, d.Days)
	e.writeLines(&b)
	fmt.Fprintf(&b, "\n  A day more of the database is %s.\n", dollars(e.part(partDatabase)/d.Days))
	fmt.Fprintf(&b, "  Without Kafka. Prices of %s, %s, in %s; measured on %s (%s); see docs/cost.md.\n\n",
		p.Date, p.Region, p.Currency, m.Date, m.Machine)
	return b.String()
}

// PostgresTable is the table of the documentation: elections of three sizes on a database.
func PostgresTable(m Measurement, p Prices) (string, error) {
	var estimates []Estimate
	var databases []Database
	for _, voters := range Sizes {
		d := SuggestedDatabase(voters)
		e, err := OfPostgres(OnPostgres(voters, documentedHours), d, m, p)
		if err != nil {
			return "", err
		}
		estimates, databases = append(estimates, e), append(databases, d)
	}
	var b strings.Builder
	row := func(what string, cell func(i int) string) {
		b.WriteString("| " + what + " |")
		for i := range estimates {
			b.WriteString(" " + cell(i) + " |")
		}
		b.WriteByte('\n')
	}
	row("voters", func(i int) string { return integer(float64(estimates[i].Voters)) })
	b.WriteString("|---|" + strings.Repeat("--:|", len(estimates)) + "\n")
	row("vCPUs, memory", func(i int) string { return fmt.Sprintf("%v, %v GiB", databases[i].VCPUs, databases[i].GiB) })
	row("`PASS_INTERVAL`, seconds", func(i int) string { return quantity(estimates[i].Interval) })
	row("`REFRESH`, seconds", func(i int) string { return quantity(estimates[i].Workload.Refresh.Seconds()) })
	part := ""
	for at, l := range estimates[0].Lines {
		if l.Part != part {
			part = l.Part
			row("**"+part+"**", func(i int) string { return "**" + dollars(estimates[i].part(part)) + "**" })
		}
		if part == partDatabase {
			row(l.What, func(i int) string { return dollars(estimates[i].Lines[at].Cost) })
		}
	}
	row("**together, at list prices**", func(i int) string { return "**" + dollars(estimates[i].Total) + "**" })
	row("a day more of the database", func(i int) string { return dollars(estimates[i].part(partDatabase) / databases[i].Days) })
	row("the database without a standby", func(i int) string {
		d := databases[i]
		d.HighAvailability = false
		e, err := OfPostgres(estimates[i].Workload, d, m, p)
		if err != nil {
			return err.Error() // none: it was priced with one
		}
		return dollars(e.part(partDatabase))
	})
	return b.String(), nil
}
