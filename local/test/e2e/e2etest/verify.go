package e2etest

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/local/test/e2e/damage"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// Verifier audits this line's tables against the fixture's Kafka.
func (l *Line) Verifier() *verify.Verifier {
	return &verify.Verifier{
		Tables: l.Tables.Client(),
		Kafka:  []kgo.Opt{kgo.SeedBrokers(l.Fixture.Brokers)},
		Topics: []string{"voters", "votes"},
	}
}

// Verify audits, and returns the findings.
func (l *Line) Verify() *verify.Report {
	l.t.Helper()
	report, err := l.Verifier().Verify(context.WithoutCancel(l.t.Context()))
	must(l.t, err)
	return report
}

// Clean checks that an audit finds nothing.
func (l *Line) Clean() {
	l.t.Helper()
	if report := l.Verify(); !report.OK() {
		l.t.Errorf("the audit finds differences:\n%s", report)
	}
}

// Exec runs a statement on the tables.
func (l *Line) Exec(sql string) {
	l.t.Helper()
	must(l.t, l.Tables.Client().Exec(l.t.Context(), sql, nil))
}

// Every kind of damage is found, and named by its table.
func verifyFindsDamage(t *testing.T, w Warehouse) {
	source := NewFixture(t, Small())
	l := NewLine(t, w, source)
	l.Drain()
	all := l.Messages()
	l.Deliver(append(all, all[0])...) // a record may stand in raw twice
	l.Pass()
	report := l.Verify()
	if !report.OK() {
		t.Fatalf("a clean count has differences:\n%s", report)
	}
	var records, repeats int64
	for _, p := range report.Partitions {
		records += p.Records
		repeats += p.Repeats
		if p.Records != p.Accepted+p.Duplicate+p.Rejected+p.Pending || p.Gaps != 0 || p.KafkaEnd != p.Records {
			t.Errorf("the books of %s don't balance: %+v", p.TopicPartition, p)
		}
	}
	if records != int64(source.Ledger.Records()) || repeats == 0 {
		t.Errorf("%d records and %d repeats were seen, want %d and some", records, repeats, source.Ledger.Records())
	}

	wrong := damage.Changes(l.Tables.Dialect().Changed)
	if l.Tables.Dialect().Keys {
		l.double(damage.DoubledBallot.Damage)
	} else {
		wrong = append(wrong, damage.DoubledBallot)
	}
	for round := 1; round <= damage.Rounds; round++ {
		for _, tt := range wrong {
			if tt.Round == round {
				l.Exec(tt.Damage)
			}
		}
		report := l.Verify()
		for _, tt := range wrong {
			if tt.Round != round {
				continue
			}
			if !slices.ContainsFunc(report.Findings, func(f verify.Finding) bool { return strings.Contains(f.String(), tt.Want) }) {
				t.Errorf("%s: no finding tells %q:\n%s", tt.Name, tt.Want, report)
			}
			l.Exec(tt.Repair)
		}
	}
	l.Clean() // the findings came of the damage alone

	// After a rebuild of everything a minute may have no votes any more. Amendments of it
	// are no damage.
	l.Exec(`INSERT INTO analytics.amendments (window_start, candidate, votes_before, votes_after, revision, watermark, updated_at)
		VALUES ('2026-01-01 00:00:00+00', 'ghost', 0, 7, 1, '2026-01-02 00:00:00+00', CURRENT_TIMESTAMP)`)
	l.Rebuild(`"all"`)
	l.Clean()
}

// An audit of the tables alone may run at any moment. Records that aren't counted yet
// are no difference, and neither is a record that is missing for a moment.
func verifyWhileVotesComeIn(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	l.Drain()
	all := shuffle(7, Rebatch(t, l.Messages(), 50))
	tables := &verify.Verifier{Tables: l.Tables.Client()}
	audit := func() (onTheWay int64) {
		t.Helper()
		report, err := tables.Verify(t.Context())
		must(t, err)
		if !report.OK() {
			t.Errorf("while votes come in:\n%s", report)
		}
		for _, p := range report.Partitions {
			onTheWay += p.OnTheWay
		}
		return onTheWay
	}
	for part := range slices.Chunk(all, len(all)/3) {
		var records int64
		for _, m := range part {
			n, err := strconv.ParseInt(m.Attributes[recordbatch.AttrCount], 10, 64)
			must(t, err)
			records += n
		}
		l.Deliver(part...)
		if got := audit(); got != records {
			t.Errorf("%d records are on the way, want %d", got, records)
		}
		l.Pass()
		if got := audit(); got != 0 {
			t.Errorf("%d records are on the way after the pass, want none", got)
		}
	}
	l.Clean()
}
