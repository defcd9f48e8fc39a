package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/shared/postgres"
)

// wrongTables are changes of the tables, each of which an audit has to find. Those of one
// round are done at once, and don't touch each other.
var wrongTables = []struct {
	round                int
	name, damage, repair string
	want                 string // a part of a finding
}{
	{
		1, "a record missing in raw",
		`CREATE TABLE kept AS SELECT * FROM raw.votes WHERE kafka_partition = 0 AND kafka_offset = 7;
		 DELETE FROM raw.votes WHERE kafka_partition = 0 AND kafka_offset = 7`,
		`INSERT INTO raw.votes SELECT * FROM kept; DROP TABLE kept`,
		"raw.*: votes[0]: 1 records that Kafka holds are missing between offsets 7 and 7: [7]",
	},
	{
		1, "the last record missing in raw",
		`CREATE TABLE last AS SELECT * FROM raw.voters WHERE kafka_partition = 1
		   AND kafka_offset = (SELECT max(kafka_offset) FROM raw.voters WHERE kafka_partition = 1);
		 DELETE FROM raw.voters WHERE kafka_partition = 1 AND kafka_offset = (SELECT max(kafka_offset) FROM last)`,
		`INSERT INTO raw.voters SELECT * FROM last; DROP TABLE last`,
		"raw.*: voters[1]: 1 records that Kafka holds are missing",
	},
	{
		1, "a copy that reads otherwise",
		`CREATE TABLE copied AS SELECT * FROM raw.votes WHERE kafka_partition = 2 AND kafka_offset = 3 LIMIT 1;
		 UPDATE copied SET candidate = 'nobody'; INSERT INTO raw.votes SELECT * FROM copied`,
		`DELETE FROM raw.votes WHERE candidate = 'nobody'; DROP TABLE copied`,
		`raw.votes: kafka_topic "votes"`,
	},
	{
		1, "an altered total",
		`UPDATE analytics.candidate_totals SET votes = votes + 1 WHERE candidate = (SELECT min(candidate) FROM analytics.candidate_totals)`,
		`UPDATE analytics.candidate_totals SET votes = votes - 1 WHERE candidate = (SELECT min(candidate) FROM analytics.candidate_totals)`,
		"analytics.candidate_totals: candidate",
	},
	{
		1, "another leader",
		`UPDATE analytics.regional_turnout SET leader = leader || '!' WHERE state = (SELECT min(state) FROM analytics.regional_turnout WHERE leader IS NOT NULL)`,
		`UPDATE analytics.regional_turnout SET leader = rtrim(leader, '!')`,
		"analytics.regional_turnout: state",
	},
	{
		1, "a trend that isn't one",
		`INSERT INTO analytics.hourly_trends (hour, state, candidate, votes, revision, updated_at)
		 SELECT hour, state, 'nobody', votes, revision, updated_at FROM analytics.hourly_trends ORDER BY hour LIMIT 1`,
		`DELETE FROM analytics.hourly_trends WHERE candidate = 'nobody'`,
		"analytics.hourly_trends: hour",
	},
	{
		1, "votes shown of nobody",
		`INSERT INTO analytics.shown_hours (hour, state, candidate, votes, updated_at) VALUES ('1999-12-31 23:00:00+00', 'TX', 'nobody', 12, '1999-12-31 23:00:00+00')`,
		`DELETE FROM analytics.shown_hours WHERE candidate = 'nobody'`,
		"analytics.shown_hours: hour",
	},
	{
		1, "a group of voters",
		`UPDATE analytics.demographic_analysis SET voted = voted + 1`,
		`UPDATE analytics.demographic_analysis SET voted = voted - 1`,
		"analytics.demographic_analysis: state",
	},
	{
		1, "totals of two days",
		`UPDATE analytics.regional_turnout SET election_date = election_date + 1`,
		`UPDATE analytics.regional_turnout SET election_date = election_date - 1`,
		"several days",
	},
	{
		2, "a voter in another region",
		`UPDATE core.voters SET state = state || '!' WHERE voter_key = (SELECT max(voter_key) FROM core.voters)`,
		`UPDATE core.voters SET state = rtrim(state, '!')`,
		"core.voters: voter_key",
	},
	{
		2, "an hour counted twice",
		`UPDATE core.vote_hours SET votes = votes * 2 WHERE hour = (SELECT min(hour) FROM core.vote_hours)`,
		`UPDATE core.vote_hours SET votes = votes / 2 WHERE hour = (SELECT min(hour) FROM core.vote_hours)`,
		"core.vote_hours: hour",
	},
	{
		2, "a minute of the books",
		`UPDATE core.book_windows SET pending = pending + 1 WHERE window_start = (SELECT min(window_start) FROM core.book_windows)`,
		`UPDATE core.book_windows SET pending = pending - 1 WHERE window_start = (SELECT min(window_start) FROM core.book_windows)`,
		"core.book_windows: window_start",
	},
	{
		2, "an altered share",
		`UPDATE analytics.candidate_totals SET share = share + 0.001 WHERE candidate = (SELECT min(candidate) FROM analytics.candidate_totals)`,
		`UPDATE analytics.candidate_totals SET share = share - 0.001 WHERE candidate = (SELECT min(candidate) FROM analytics.candidate_totals)`,
		"analytics.candidate_totals: candidate",
	},
	{
		3, "a ballot for another candidate",
		`UPDATE core.ballots SET candidate = candidate || '!' WHERE voter_key = (SELECT max(voter_key) FROM core.ballots)`,
		`UPDATE core.ballots SET candidate = rtrim(candidate, '!')`,
		"core.ballots: voter_key",
	},
	{
		3, "a duplicate that is none",
		`CREATE TABLE copied AS SELECT * FROM core.duplicates ORDER BY kafka_offset LIMIT 1;
		 UPDATE copied SET kafka_offset = kafka_offset + 100000; INSERT INTO core.duplicates SELECT * FROM copied`,
		`DELETE FROM core.duplicates WHERE kafka_offset >= 100000; DROP TABLE copied`,
		"core.duplicates: kafka_topic",
	},
	{
		3, "offsets settled too far",
		`UPDATE core.progress SET next_offset = next_offset + 5 WHERE kafka_topic = 'votes' AND kafka_partition = 1`,
		`UPDATE core.progress SET next_offset = next_offset - 5 WHERE kafka_topic = 'votes' AND kafka_partition = 1`,
		`core.progress: kafka_topic "votes"`,
	},
	{
		3, "an electorate that grew",
		`UPDATE core.electorate_windows SET registered = registered + 1 WHERE window_start = (SELECT min(window_start) FROM core.electorate_windows)`,
		`UPDATE core.electorate_windows SET registered = registered - 1 WHERE window_start = (SELECT min(window_start) FROM core.electorate_windows)`,
		"core.electorate_windows: window_start",
	},
	{
		2, "a reason that rejected more",
		`UPDATE analytics.rejections SET rejected = rejected + 1, settled = settled + 1 WHERE kafka_topic = 'votes' AND reason = (SELECT min(reason) FROM analytics.rejections WHERE kafka_topic = 'votes')`,
		`UPDATE analytics.rejections SET rejected = rejected - 1, settled = settled - 1 WHERE kafka_topic = 'votes' AND reason = (SELECT min(reason) FROM analytics.rejections WHERE kafka_topic = 'votes')`,
		`analytics.rejections: kafka_topic "votes"`,
	},
	{
		3, "books that claim more",
		`UPDATE analytics.books SET accepted = accepted + 1 WHERE kafka_topic = 'votes' AND kafka_partition = 0`,
		`UPDATE analytics.books SET accepted = accepted - 1 WHERE kafka_topic = 'votes' AND kafka_partition = 0`,
		`analytics.books: kafka_topic "votes"`,
	},
	{
		4, "a minute missing",
		`CREATE TABLE kept AS SELECT * FROM core.vote_windows ORDER BY window_start, candidate, state LIMIT 1;
		 DELETE FROM core.vote_windows WHERE (window_start, candidate, state, age_group, gender) = (SELECT window_start, candidate, state, age_group, gender FROM kept)`,
		`INSERT INTO core.vote_windows SELECT * FROM kept; DROP TABLE kept`,
		"core.vote_windows: window_start",
	},
	{
		4, "an amendment to what isn't so",
		`INSERT INTO analytics.amendments (window_start, candidate, votes_before, votes_after, revision, watermark, updated_at)
		 VALUES ('2026-01-01', 'ghost', 0, 7, 1, '2026-01-02', now())`,
		`DELETE FROM analytics.amendments WHERE candidate = 'ghost'`,
		"votes_after is 7, core.vote_windows has 0",
	},
	{
		5, "records that no pass has counted",
		`UPDATE core.progress SET next_offset = 0 WHERE kafka_topic = 'votes' AND kafka_partition = 1;
		 CREATE TABLE kept AS SELECT * FROM core.ballots WHERE kafka_partition = 1;
		 DELETE FROM core.ballots WHERE kafka_partition = 1`,
		`UPDATE core.progress SET next_offset = last_offset + 1 WHERE kafka_topic = 'votes' AND kafka_partition = 1;
		 INSERT INTO core.ballots SELECT * FROM kept; DROP TABLE kept`,
		"stand in no core table",
	},
	{
		5, "an amendment missing",
		`INSERT INTO analytics.amendments (window_start, candidate, votes_before, votes_after, revision, watermark, updated_at)
		 VALUES ('2026-01-01', 'ghost', 3, 0, 2, '2026-01-02', now())`,
		`DELETE FROM analytics.amendments WHERE candidate = 'ghost'`,
		"revision 2: amendment number 1 of its minute",
	},
}

// Every kind of damage is found, and named by its table.
func TestVerifyFindsDamage(t *testing.T) {
	c := newChain(t)
	c.count()
	c.clean() // also of what was delivered twice
	for round := 1; round <= 5; round++ {
		for _, tt := range wrongTables {
			if tt.round == round {
				c.exec(tt.damage)
			}
		}
		report := c.verify(c.verifier())
		for _, tt := range wrongTables {
			if tt.round != round {
				continue
			}
			if !slices.ContainsFunc(report.Findings, func(f verify.Finding) bool { return strings.Contains(f.String(), tt.want) }) {
				t.Errorf("%s: no finding tells %q:\n%s", tt.name, tt.want, report)
			}
			c.exec(tt.repair)
		}
	}
	c.clean() // what was found were the damages

	// Two rows of one key, which BigQuery would take, PostgreSQL refuses.
	_, err := c.pool.Exec(t.Context(), "INSERT INTO core.ballots SELECT * FROM core.ballots ORDER BY voter_key LIMIT 1")
	if postgres.Code(err) != "23505" {
		t.Errorf("a doubled ballot: error %v, want one of a unique key", err)
	}
}
