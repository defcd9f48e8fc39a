package torture

import (
	"fmt"
	"strings"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/logends"
)

// control breaks one rule of the count on purpose: behind a proxy, in the SQL of a
// pass on its way to the warehouse, or in what a stage is built with. The code of the
// stages is as it is deployed.
type control struct {
	name                string
	publishAnswersFirst bool
	pushAnswersFirst    bool
	rewrite             map[string]rewrite                  // of a pass, by kind of warehouse
	forgetful           bool                                // see Way
	live                func(sql string) (string, error)    // of analytics.live_changes and live_vote_changes
	snapshot            func(*snapshot.Snapshot)            // that the dashboard has read
	message             func(*pubsubpb.PubsubMessage) error // that the bridge publishes
	build               map[string]builder                  // of the stages that are built otherwise, in this process

	// often is the least share of the steps of a kind that suffers faults. Without
	// it, few seeds would show that the rule is broken.
	often map[faults.Op]float64
	calm  int // often holds once so many rounds of a seed are over
	// intact says that no rule is broken. No seed may fail then.
	intact bool
}

// breaks reports whether the control breaks a rule; nil does not.
func (c *control) breaks() bool { return c != nil && !c.intact }

// rewrite changes the SQL of a pass: a script on BigQuery, each of its statements on
// PostgreSQL.
type rewrite = func(sql string) (string, error)

// inBoth are the rewrites of a control, by kind of warehouse.
func inBoth(bigQuery, postgres rewrite) map[string]rewrite {
	return map[string]rewrite{endpoint.BigQuery: bigQuery, endpoint.Postgres: postgres}
}

const ofRecord = "GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset"

var controls = []*control{
	{
		name: "nothing broken", intact: true,
		often: map[faults.Op]float64{
			faults.Publish: 0.3, faults.Append: 0.2, faults.Statement: 0.05,
			faults.Copy: 0.2, faults.IngestCommit: 0.2, faults.PassCommit: 0.3,
		},
	},
	{name: "commit before the acknowledgement", publishAnswersFirst: true, often: map[faults.Op]float64{faults.Publish: 0.3}},
	{
		name:  "commit past a message that wasn't acknowledged",
		build: map[string]builder{bridgeStage: bridgeIgnoringErrors}, often: map[faults.Op]float64{faults.Publish: 0.3},
	},
	{name: "answer before the append", pushAnswersFirst: true},
	{
		name:  "the error of an append ignored",
		build: map[string]builder{ingestStage: ingestIgnoringErrors},
		often: map[faults.Op]float64{faults.Append: 0.2, faults.Copy: 0.2, faults.IngestCommit: 0.2},
	},
	{
		name: "deduplication off",
		// Each copy of a record is one of its own.
		rewrite: inBoth(inScript("CREATE TEMP TABLE fresh_votes AS", ofRecord, ofRecord+", r.ingested_at"),
			inStatement("INSERT INTO fresh_votes", "GROUP BY r.kafka_offset", "GROUP BY r.kafka_offset, r.ingested_at")),
	},
	{
		name: "increment instead of replace",
		rewrite: inBoth(inScript("MERGE INTO core.vote_hours", "votes = s.votes,", "votes = t.votes + s.votes,"),
			// A pass on PostgreSQL adds only what it changes. Here it adds what was counted before too.
			inStatement("INSERT INTO changed_cells", "WHERE known AND rank = 1 AND moved", "WHERE known AND rank = 1")),
	},
	{
		name: "progress in a transaction of its own",
		// It commits before the tables. If it committed after them, a repeated pass would mend everything.
		rewrite:   map[string]rewrite{endpoint.BigQuery: earlier("MERGE INTO core.progress", "CREATE TEMP TABLE fresh_records AS")},
		forgetful: true,
		often:     map[faults.Op]float64{faults.Statement: 0.05, faults.PassCommit: 0.3},
	},
	{
		name: "progress beyond a record that hasn't arrived",
		rewrite: inBoth(inScript("MERGE INTO core.progress", "WHERE kafka_follows > IFNULL(before, settled - 1)", "WHERE FALSE"),
			inStatement("MERGE INTO core.progress", "SELECT *, NOT bool_or(breaks)", "SELECT *, NOT bool_or(FALSE)")),
	},
	{
		name: "votes behind the watermark dropped",
		rewrite: inBoth(
			inScript("CREATE TEMP TABLE fresh_votes AS", "WHERE r.ingested_at >= @floor",
				"WHERE r.voted_at >= IFNULL((SELECT MIN(b.watermark) FROM analytics.books AS b WHERE b.kafka_topic = 'votes'), r.voted_at)"+
					" AND r.ingested_at >= @floor"),
			inStatement("INSERT INTO fresh_votes", "AND r.kafka_offset >= s.next_offset", "AND r.kafka_offset >= s.next_offset"+
				" AND r.voted_at >= coalesce((SELECT min(b.watermark) FROM analytics.books AS b WHERE b.kafka_topic = 'votes'), r.voted_at)")),
	},
	{
		name: "a watermark moved by a pending vote",
		rewrite: inBoth(
			inScript("MERGE INTO core.book_windows", "IF(state IS NULL, NULL, LEAST(voted_at, kafka_timestamp))", "LEAST(voted_at, kafka_timestamp)"),
			inStatement("INSERT INTO changed_books", "FILTER (WHERE accepted > 0)", "FILTER (WHERE accepted > 0 OR pending > 0)")),
	},
	{
		name: "a watermark that only rises",
		// A counted vote moves the watermark, also after an earlier vote replaced it.
		rewrite: inBoth(
			inScript("MERGE INTO core.book_windows", "watermark = s.watermark,",
				"watermark = COALESCE(GREATEST(t.watermark, s.watermark), s.watermark, t.watermark),"),
			inStatement("UPDATE core.book_windows AS t SET", "watermark = c.found,", "watermark = greatest(t.watermark, c.found),")),
	},
	{
		name:    "a log ends where it was read",
		message: reporting(func(p *logends.Partition) { p.LastStable, p.LogEnd = max(p.LogStart, p.Next), max(p.LogStart, p.Next) }),
		// Fetches fail once half of the records are counted. So a drain that reads nothing more
		// reports that there is nothing more.
		often: map[faults.Op]float64{faults.Fetch: 1}, calm: 1,
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
		rewrite: inBoth(
			inScript("CREATE TEMP TABLE contenders AS", "ORDER BY r.kafka_timestamp, r.kafka_partition",
				"ORDER BY r.held DESC, r.kafka_timestamp, r.kafka_partition"),
			inStatement("INSERT INTO contenders", "ORDER BY r.kafka_timestamp, r.kafka_partition",
				"ORDER BY r.held DESC, r.kafka_timestamp, r.kafka_partition")),
	},
	{
		name: "a displaced ballot stays",
		rewrite: inBoth(inScript("IF EXISTS (SELECT 1 FROM contenders", "WHERE held AND moved", "WHERE FALSE"),
			inStatement("UPDATE core.ballots", "WHERE c.known AND", "WHERE c.held AND")),
	},
	{
		name: "a registration leaves the ballot where it is",
		rewrite: inBoth(
			inScript("CREATE TEMP TABLE contenders AS", "SELECT voter_key FROM roll WHERE rank = 1 AND NOT held", "SELECT voter_key FROM roll WHERE FALSE"),
			inStatement("INSERT INTO held_ballots", "SELECT voter_key FROM roll WHERE rank = 1 AND NOT held", "SELECT voter_key FROM roll WHERE FALSE")),
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

// inScript returns a rewrite that replaces old by new in the statement of a script
// that contains begin. A pass without that statement or part is an error: a control
// that changes nothing would prove nothing.
func inScript(begin, old, new string) rewrite {
	return func(sql string) (string, error) {
		at := strings.Index(sql, begin)
		if at < 0 {
			return "", fmt.Errorf("a control breaks the statement %q, which no pass has any more: write the control anew", begin)
		}
		statement, rest, _ := strings.Cut(sql[at:], ";\n")
		changed, err := replace(statement, begin, old, new)
		return sql[:at] + changed + ";\n" + rest, err
	}
}

// inStatement returns a rewrite that replaces old by new in a statement that contains
// begin. Other statements stay as they are: the proxy finds it an error if it has changed
// none.
func inStatement(begin, old, new string) rewrite {
	return func(sql string) (string, error) {
		if !strings.Contains(sql, begin) {
			return sql, nil
		}
		return replace(sql, begin, old, new)
	}
}

// replace replaces a part of a statement that has to be there.
func replace(sql, name, old, new string) (string, error) {
	if changed := strings.Replace(sql, old, new, 1); changed != sql {
		return changed, nil
	}
	return "", fmt.Errorf("a control breaks %q in %s, which has no such part any more: write the control anew", old, name)
}

// inLive replaces a part of the functions' text.
func inLive(old, new string) rewrite {
	return func(sql string) (string, error) { return replace(sql, "analytics.live_changes", old, new) }
}
