package torture

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tallystream/tallystream/local/faults"
)

// control is a rule of the count that is broken on purpose, behind a proxy.
type control struct {
	name                string
	publishAnswersFirst bool
	pushAnswersFirst    bool
	rewrite             func(sql string) (string, error) // of a pass
}

var controls = []*control{
	{
		name: "deduplication off",
		// Each copy of a record is one of its own.
		rewrite: inStatement("CREATE TEMP TABLE fresh_votes AS",
			"GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset",
			"GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, r.ingested_at"),
	},
	{name: "commit before the acknowledgement", publishAnswersFirst: true},
	{
		name:    "increment instead of replace",
		rewrite: inStatement("MERGE core.vote_hours", "votes = s.votes,", "votes = t.votes + s.votes,"),
	},
	{name: "answer before the append", pushAnswersFirst: true},
}

// inStatement replaces a part of the statement that begins in some way. It is an
// error where there is no such statement or part: a control that changes nothing
// would prove nothing.
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

// Control is what came of the seeds with one rule broken.
type Control struct {
	Name   string
	Seeds  int
	Failed int   // seeds whose comparison with the ledger found it out
	Found  int   // seeds whose audit did, where there was one
	Err    error // the control itself couldn't be tried

	Unfinished int // seeds whose trial didn't come to its comparison
}

// Controls holds the trials of n seeds for each rule that is broken on purpose.
// A control that no seed fails is a rule that the trials don't hold.
func (a *Arena) Controls(ctx context.Context, first uint64, n int) []Control {
	return a.try(ctx, controls, first, n)
}

func (a *Arena) try(ctx context.Context, controls []*control, first uint64, n int) []Control {
	type trial struct {
		seed    uint64
		control int
	}
	results := make([]Control, len(controls))
	var trials []trial
	for i, c := range controls {
		results[i] = Control{Name: c.name, Seeds: n}
		for seed := range n {
			trials = append(trials, trial{first + uint64(seed), i})
		}
	}
	var mu sync.Mutex
	each(trials, func(t trial) {
		r := a.seed(ctx, t.seed, controls[t.control])
		mu.Lock()
		defer mu.Unlock()
		var target *faults.RewriteError
		switch {
		case errors.As(r.Err, &target):
			results[t.control].Err = r.Err
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
