package e2e_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// verifier audits this line's tables against the fixture's Kafka.
func (l *line) verifier() *verify.Verifier {
	return &verify.Verifier{
		Tables: query.Warehouse{BigQuery: l.client},
		Kafka:  []kgo.Opt{kgo.SeedBrokers(l.fixture.brokers)},
		Topics: []string{"voters", "votes"},
	}
}

// verify audits, and returns the findings.
func (l *line) verify() *verify.Report {
	l.t.Helper()
	report, err := l.verifier().Verify(context.WithoutCancel(l.t.Context()))
	must(l.t, err)
	return report
}

// clean checks that an audit finds nothing.
func (l *line) clean() {
	l.t.Helper()
	if report := l.verify(); !report.OK() {
		l.t.Errorf("the audit finds differences:\n%s", report)
	}
}

// exec runs a statement on the tables.
func (l *line) exec(sql string) {
	l.t.Helper()
	_, err := l.client.Query(sql).Read(l.t.Context())
	must(l.t, err)
}

// Every kind of damage is found, and named by its table.
func TestVerifyFindsDamage(t *testing.T) {
	source := newFixture(t, small())
	l := newLine(t, source)
	l.drain()
	all := l.messages()
	l.deliver(append(all, all[0])...) // a record may stand in raw twice
	l.pass()
	report := l.verify()
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
	if records != int64(source.ledger.Records()) || repeats == 0 {
		t.Errorf("%d records and %d repeats were seen, want %d and some", records, repeats, source.ledger.Records())
	}

	for round := 1; round <= 5; round++ {
		for _, tt := range wrongTables {
			if tt.round == round {
				l.exec(tt.damage)
			}
		}
		report := l.verify()
		for _, tt := range wrongTables {
			if tt.round != round {
				continue
			}
			if !slices.ContainsFunc(report.Findings, func(f verify.Finding) bool { return strings.Contains(f.String(), tt.want) }) {
				t.Errorf("%s: no finding tells %q:\n%s", tt.name, tt.want, report)
			}
			l.exec(tt.repair)
		}
	}
	l.clean() // what was found were the damages

	// Amendments of a candidate's minute whose votes are gone after a rebuild of
	// everything are no damage.
	l.exec(`INSERT INTO analytics.amendments (window_start, candidate, votes_before, votes_after, revision, watermark, updated_at)
		VALUES (TIMESTAMP '2026-01-01', 'ghost', 0, 7, 1, TIMESTAMP '2026-01-02', CURRENT_TIMESTAMP())`)
	l.rebuild(`"all"`)
	l.clean()
}

// An audit of the tables alone may run at any moment. Records that aren't counted yet
// are no difference, and neither is a record that is missing for a moment.
func TestVerifyWhileVotesComeIn(t *testing.T) {
	f := newFixture(t, small())
	l := newLine(t, f)
	l.drain()
	all := shuffle(7, rebatch(t, l.messages(), 50))
	tables := &verify.Verifier{Tables: query.Warehouse{BigQuery: l.client}}
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
			n, err := strconv.ParseInt(m.attributes[recordbatch.AttrCount], 10, 64)
			must(t, err)
			records += n
		}
		l.deliver(part...)
		if got := audit(); got != records {
			t.Errorf("%d records are on the way, want %d", got, records)
		}
		l.pass()
		if got := audit(); got != 0 {
			t.Errorf("%d records are on the way after the pass, want none", got)
		}
	}
	l.clean()
}
