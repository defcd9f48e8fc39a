package torture

import (
	"fmt"
	"strings"
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
