package torture

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/shared/logends"
)

// control breaks one rule of the count on purpose: behind a proxy, in the SQL of a
// pass on its way to BigQuery, or in what a stage is built with. The code of the
// stages is as it is deployed.
type control struct {
	name                string
	publishAnswersFirst bool
	pushAnswersFirst    bool
	rewrite             func(sql string) (string, error)    // of a pass
	live                func(sql string) (string, error)    // of analytics.live_changes and live_vote_changes
	snapshot            func(*snapshot.Snapshot)            // that the dashboard has read
	message             func(*pubsubpb.PubsubMessage) error // that the bridge publishes
	build               map[string]builder                  // of the stages that are built otherwise, in this process

	// often is the least share of the steps of a kind that suffers faults. Without
	// it, few seeds would show that the rule is broken.
	often map[faults.Op]float64
	// intact says that no rule is broken. No seed may fail then.
	intact bool
}

// breaks reports whether the control breaks a rule; nil does not.
func (c *control) breaks() bool { return c != nil && !c.intact }

const ofRecord = "GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset"

var controls = []*control{
	{
		name: "nothing broken", intact: true,
		often: map[faults.Op]float64{faults.Publish: 0.3, faults.Append: 0.2, faults.Statement: 0.05},
	},
	{name: "commit before the acknowledgement", publishAnswersFirst: true, often: map[faults.Op]float64{faults.Publish: 0.3}},
	{
		name:  "commit past a message that wasn't acknowledged",
		build: map[string]builder{bridgeStage: bridgeIgnoringErrors}, often: map[faults.Op]float64{faults.Publish: 0.3},
	},
	{name: "answer before the append", pushAnswersFirst: true},
	{
		name:  "the error of an append ignored",
		build: map[string]builder{ingestStage: ingestIgnoringErrors}, often: map[faults.Op]float64{faults.Append: 0.2},
	},
	{
		name: "deduplication off",
		// Each copy of a record is one of its own.
		rewrite: inStatement("CREATE TEMP TABLE fresh_votes AS", ofRecord, ofRecord+", r.ingested_at"),
	},
	{
		name:    "increment instead of replace",
		rewrite: inStatement("MERGE core.vote_hours", "votes = s.votes,", "votes = t.votes + s.votes,"),
	},
	{
		name: "progress in a transaction of its own",
		// Before that of the tables: after it, a repetition would put things right.
		rewrite: earlier("MERGE core.progress", "CREATE TEMP TABLE fresh_records AS"),
		often:   map[faults.Op]float64{faults.Statement: 0.05},
	},
	{
		name:    "progress beyond a record that hasn't arrived",
		rewrite: inStatement("MERGE core.progress", "WHERE kafka_follows > IFNULL(before, settled - 1)", "WHERE FALSE"),
	},
	{
		name: "votes behind the watermark dropped",
		rewrite: inStatement("CREATE TEMP TABLE fresh_votes AS", "WHERE r.ingested_at >= @floor",
			"WHERE r.voted_at >= IFNULL((SELECT MIN(b.watermark) FROM analytics.books AS b WHERE b.kafka_topic = 'votes'), r.voted_at)"+
				" AND r.ingested_at >= @floor"),
	},
	{
		name: "a watermark moved by a pending vote",
		rewrite: inStatement("MERGE core.book_windows", "IF(state IS NULL, NULL, LEAST(voted_at, kafka_timestamp))",
			"LEAST(voted_at, kafka_timestamp)"),
	},
	{
		name: "a watermark that only rises",
		// A counted vote moves the watermark, also after an earlier vote replaced it.
		rewrite: inStatement("MERGE core.book_windows", "watermark = s.watermark,",
			"watermark = COALESCE(GREATEST(t.watermark, s.watermark), s.watermark, t.watermark),"),
	},
	{
		name:    "a log ends where it was read",
		message: reporting(func(p *logends.Partition) { p.LastStable, p.LogEnd = max(p.LogStart, p.Next), max(p.LogStart, p.Next) }),
	},
	{
		name: "what was read is taken for counted",
		snapshot: func(s *snapshot.Snapshot) {
			for i := range s.Books {
				s.Books[i].NextOffset = s.Books[i].ReadOffset
			}
		},
	},
	{
		name: "a voter's second vote counts until a pass",
		live: inLive("WHERE moved AND rank = 1", "WHERE moved AND (rank = 1 OR NOT held)"),
	},
	{
		name:     "a complete result of what may be shown before",
		snapshot: func(s *snapshot.Snapshot) { s.Hours = s.Shown },
	},
	{
		name: "the vote that arrives first counts",
		rewrite: inStatement("CREATE TEMP TABLE contenders AS", "ORDER BY r.kafka_timestamp, r.kafka_partition",
			"ORDER BY r.held DESC, r.kafka_timestamp, r.kafka_partition"),
	},
	{
		name:    "a displaced ballot stays",
		rewrite: inStatement("IF EXISTS (SELECT 1 FROM contenders", "WHERE held AND moved", "WHERE FALSE"),
	},
	{
		name: "a registration leaves the ballot where it is",
		rewrite: inStatement("CREATE TEMP TABLE contenders AS", "SELECT voter_key FROM roll WHERE rank = 1 AND NOT held",
			"SELECT voter_key FROM roll WHERE FALSE"),
	},
}

// earlier returns a rewrite that moves the statement of a pass that contains begin
// to behind the statement that contains behind, and commits there.
func earlier(begin, behind string) func(string) (string, error) {
	return func(sql string) (string, error) {
		from := strings.Index(sql, begin)
		to := strings.Index(sql, behind)
		if from < 0 || to < 0 || to > from {
			return "", fmt.Errorf("a control moves the statement %q behind %q, which no pass has any more: write the control anew", begin, behind)
		}
		moved, _, _ := strings.Cut(sql[from:], ";\n")
		moved += ";\n"
		to += strings.Index(sql[to:], ";\n") + len(";\n")
		return sql[:to] + moved + "COMMIT TRANSACTION;\nBEGIN TRANSACTION;\n" + sql[to:from] + sql[from+len(moved):], nil
	}
}

// inStatement returns a rewrite that replaces old by new in the statement of a pass
// that contains begin. A pass without that statement or part is an error: a control
// that changes nothing would prove nothing.
func inStatement(begin, old, new string) func(string) (string, error) {
	return func(sql string) (string, error) {
		at := strings.Index(sql, begin)
		if at < 0 {
			return "", fmt.Errorf("a control breaks the statement %q, which no pass has any more: write the control anew", begin)
		}
		statement, rest, _ := strings.Cut(sql[at:], ";\n")
		changed := strings.Replace(statement, old, new, 1)
		if changed == statement {
			return "", fmt.Errorf("a control breaks %q in the statement %q, which has no such part any more: write the control anew", old, begin)
		}
		return sql[:at] + changed + ";\n" + rest, nil
	}
}

// inLive replaces a part of the function's text.
func inLive(old, new string) func(string) (string, error) {
	return func(sql string) (string, error) {
		if changed := strings.Replace(sql, old, new, 1); changed != sql {
			return changed, nil
		}
		return "", fmt.Errorf("a control breaks %q in analytics.live_changes, which has no such part any more: write the control anew", old)
	}
}

// breakLive has readers of a trial call other functions than those that are deployed. It
// returns what puts those back.
func (p *project) breakLive(ctx context.Context, change func(string) (string, error)) (restore func(), err error) {
	var undo []func()
	restore = func() {
		for _, f := range undo {
			f()
		}
	}
	for _, name := range []string{"live_changes", "live_vote_changes"} {
		f, err := p.breakFunction(ctx, name, change)
		if err != nil {
			restore()
			return nil, err
		}
		undo = append(undo, f)
	}
	return restore, nil
}

// breakFunction changes the text of a table function of analytics.
func (p *project) breakFunction(ctx context.Context, name string, change func(string) (string, error)) (restore func(), err error) {
	routine := p.client.Dataset("analytics").Routine(name)
	m, err := routine.Metadata(ctx)
	if err != nil {
		return nil, fmt.Errorf("read analytics.%s: %w", name, err)
	}
	update := &bigquery.RoutineMetadataToUpdate{Type: m.Type, Language: m.Language, Description: m.Description, Arguments: m.Arguments}
	whole := m.Body
	if update.Body, err = change(whole); err == nil {
		_, err = routine.Update(ctx, update, m.ETag)
	}
	if err != nil {
		return nil, fmt.Errorf("change analytics.%s: %w", name, err)
	}
	return func() {
		update.Body = whole
		_, _ = routine.Update(context.WithoutCancel(ctx), update, "") // a later trial would find a broken rule
	}, nil
}

// Control is what came of the seeds with one rule broken.
type Control struct {
	Name   string
	Intact bool // no rule is broken: no seed may fail
	Seeds  int
	Failed int   // seeds whose tables differ from the ledger; where no rule is broken, seeds that failed in any way
	Found  int   // seeds in whose tables the verifier found something
	Err    error // why the control couldn't be tried

	Unfinished int // seeds whose trial ended before the comparison
}

// Controls runs the trials of n seeds for each control. If no seed fails for a
// control that breaks a rule, the trials don't notice when that rule is broken.
func (h *Harness) Controls(ctx context.Context, first uint64, n int) []Control {
	return h.try(ctx, controls, first, n)
}

func (h *Harness) try(ctx context.Context, controls []*control, first uint64, n int) []Control {
	type trial struct {
		seed    uint64
		control int
	}
	results := make([]Control, len(controls))
	var trials []trial
	for i, c := range controls {
		results[i] = Control{Name: c.name, Intact: c.intact, Seeds: n}
		for seed := range n {
			trials = append(trials, trial{first + uint64(seed), i})
		}
	}
	var mu sync.Mutex
	each(trials, func(t trial) {
		r := h.seed(ctx, t.seed, controls[t.control])
		mu.Lock()
		defer mu.Unlock()
		var target *faults.RewriteError
		switch {
		case errors.As(r.Err, &target):
			results[t.control].Err = r.Err
		case controls[t.control].intact && r.Wrong():
			results[t.control].Failed++
		case r.Err != nil:
			results[t.control].Unfinished++
		case len(r.Differences) > 0:
			results[t.control].Failed++
		}
		if len(r.Findings) > 0 {
			results[t.control].Found++
		}
	})
	return results
}
