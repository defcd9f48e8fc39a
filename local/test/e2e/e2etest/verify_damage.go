package e2etest

// A wrongTable is a change of tables that an audit has to find.
type wrongTable struct {
	round                int // damages of one round are done at once, and don't touch each other
	name, damage, repair string
	want                 string // a part of a finding
}

// doubledBallot is possible where tables have no keys.
var doubledBallot = wrongTable{
	2, "a doubled ballot",
	`INSERT INTO core.ballots SELECT * FROM core.ballots ORDER BY voter_key LIMIT 1`,
	`CREATE TABLE core.kept AS SELECT DISTINCT * FROM core.ballots;
	 DELETE FROM core.ballots WHERE TRUE; INSERT INTO core.ballots SELECT * FROM core.kept; DROP TABLE core.kept`,
	"copies is 2, want 1, by raw.votes and core.voters",
}

// wrongTables are such changes of every table.
func wrongTables(d Dialect) []wrongTable {
	return []wrongTable{
		{
			1, "a record missing in raw",
			`CREATE TABLE raw.kept AS SELECT * FROM raw.votes WHERE kafka_partition = 0 AND kafka_offset = 7;
		 DELETE FROM raw.votes WHERE kafka_partition = 0 AND kafka_offset = 7`,
			`INSERT INTO raw.votes SELECT * FROM raw.kept; DROP TABLE raw.kept`,
			"raw.*: votes[0]: 1 records that Kafka holds are missing between offsets 7 and 7: [7]",
		},
		{
			1, "the last record missing in raw",
			`CREATE TABLE raw.last AS SELECT * FROM raw.voters WHERE kafka_partition = 1
		   AND kafka_offset = (SELECT MAX(kafka_offset) FROM raw.voters WHERE kafka_partition = 1);
		 DELETE FROM raw.voters WHERE kafka_partition = 1 AND kafka_offset = (SELECT MAX(kafka_offset) FROM raw.last)`,
			`INSERT INTO raw.voters SELECT * FROM raw.last; DROP TABLE raw.last`,
			"raw.*: voters[1]: 1 records that Kafka holds are missing",
		},
		{
			1, "a copy that reads otherwise",
			"INSERT INTO raw.votes " + d.Changed("raw.votes", "candidate", "'nobody'") + " WHERE kafka_partition = 2 AND kafka_offset = 3 LIMIT 1",
			`DELETE FROM raw.votes WHERE candidate = 'nobody'`,
			"raw.votes: kafka_topic \"votes\"",
		},
		{
			3, "a ballot for another candidate",
			`UPDATE core.ballots SET candidate = CONCAT(candidate, '!') WHERE voter_key = (SELECT MAX(voter_key) FROM core.ballots)`,
			`UPDATE core.ballots SET candidate = RTRIM(candidate, '!') WHERE TRUE`,
			"core.ballots: voter_key",
		},
		{
			2, "a voter in another region",
			`UPDATE core.voters SET state = CONCAT(state, '!') WHERE voter_key = (SELECT MAX(voter_key) FROM core.voters)`,
			`UPDATE core.voters SET state = RTRIM(state, '!') WHERE TRUE`,
			"core.voters: voter_key",
		},
		{
			3, "a duplicate that is none",
			"INSERT INTO core.duplicates " + d.Changed("core.duplicates", "kafka_offset", "kafka_offset + 100000") + " ORDER BY kafka_offset LIMIT 1",
			`DELETE FROM core.duplicates WHERE kafka_offset >= 100000`,
			"core.duplicates: kafka_topic",
		},
		{
			3, "offsets settled too far",
			`UPDATE core.progress SET next_offset = next_offset + 5 WHERE kafka_topic = 'votes' AND kafka_partition = 1`,
			`UPDATE core.progress SET next_offset = next_offset - 5 WHERE kafka_topic = 'votes' AND kafka_partition = 1`,
			"core.progress: kafka_topic \"votes\"",
		},
		{
			5, "records that no pass has counted",
			`UPDATE core.progress SET next_offset = 0 WHERE kafka_topic = 'votes' AND kafka_partition = 1;
		 CREATE TABLE core.kept AS SELECT * FROM core.ballots WHERE kafka_partition = 1;
		 DELETE FROM core.ballots WHERE kafka_partition = 1`,
			`UPDATE core.progress SET next_offset = last_offset + 1 WHERE kafka_topic = 'votes' AND kafka_partition = 1;
		 INSERT INTO core.ballots SELECT * FROM core.kept; DROP TABLE core.kept`,
			"stand in no core table",
		},
		{
			4, "a minute missing",
			`CREATE TABLE core.kept AS SELECT * FROM core.vote_windows ORDER BY window_start, candidate, state LIMIT 1;
		 DELETE FROM core.vote_windows WHERE window_start = (SELECT window_start FROM core.kept) AND candidate = (SELECT candidate FROM core.kept)
		   AND state = (SELECT state FROM core.kept) AND age_group = (SELECT age_group FROM core.kept) AND gender = (SELECT gender FROM core.kept)`,
			`INSERT INTO core.vote_windows SELECT * FROM core.kept; DROP TABLE core.kept`,
			"core.vote_windows: window_start",
		},
		{
			2, "an hour counted twice",
			`UPDATE core.vote_hours SET votes = votes * 2 WHERE hour = (SELECT MIN(hour) FROM core.vote_hours)`,
			`UPDATE core.vote_hours SET votes = DIV(votes, 2) WHERE hour = (SELECT MIN(hour) FROM core.vote_hours)`,
			"core.vote_hours: hour",
		},
		{
			3, "an electorate that grew",
			`UPDATE core.electorate_windows SET registered = registered + 1 WHERE window_start = (SELECT MIN(window_start) FROM core.electorate_windows)`,
			`UPDATE core.electorate_windows SET registered = registered - 1 WHERE window_start = (SELECT MIN(window_start) FROM core.electorate_windows)`,
			"core.electorate_windows: window_start",
		},
		{
			2, "a minute of the books",
			`UPDATE core.book_windows SET pending = pending + 1 WHERE window_start = (SELECT MIN(window_start) FROM core.book_windows)`,
			`UPDATE core.book_windows SET pending = pending - 1 WHERE window_start = (SELECT MIN(window_start) FROM core.book_windows)`,
			"core.book_windows: window_start",
		},
		{
			3, "books that claim more",
			`UPDATE analytics.books SET accepted = accepted + 1 WHERE kafka_topic = 'votes' AND kafka_partition = 0`,
			`UPDATE analytics.books SET accepted = accepted - 1 WHERE kafka_topic = 'votes' AND kafka_partition = 0`,
			"analytics.books: kafka_topic \"votes\"",
		},
		{
			2, "a reason that rejected more",
			`UPDATE analytics.rejections SET rejected = rejected + 1, settled = settled + 1 WHERE kafka_topic = 'votes' AND reason = (SELECT MIN(reason) FROM analytics.rejections WHERE kafka_topic = 'votes')`,
			`UPDATE analytics.rejections SET rejected = rejected - 1, settled = settled - 1 WHERE kafka_topic = 'votes' AND reason = (SELECT MIN(reason) FROM analytics.rejections WHERE kafka_topic = 'votes')`,
			"analytics.rejections: kafka_topic \"votes\"",
		},
		{
			1, "an altered total",
			`UPDATE analytics.candidate_totals SET votes = votes + 1 WHERE candidate = (SELECT MIN(candidate) FROM analytics.candidate_totals)`,
			`UPDATE analytics.candidate_totals SET votes = votes - 1 WHERE candidate = (SELECT MIN(candidate) FROM analytics.candidate_totals)`,
			"analytics.candidate_totals: candidate",
		},
		{
			2, "an altered share",
			`UPDATE analytics.candidate_totals SET share = share + 0.001 WHERE candidate = (SELECT MIN(candidate) FROM analytics.candidate_totals)`,
			`UPDATE analytics.candidate_totals SET share = share - 0.001 WHERE candidate = (SELECT MIN(candidate) FROM analytics.candidate_totals)`,
			"analytics.candidate_totals: candidate",
		},
		{
			1, "another leader",
			`UPDATE analytics.regional_turnout SET leader = CONCAT(leader, '!') WHERE state = (SELECT MIN(state) FROM analytics.regional_turnout WHERE leader IS NOT NULL)`,
			`UPDATE analytics.regional_turnout SET leader = RTRIM(leader, '!') WHERE leader IS NOT NULL`,
			"analytics.regional_turnout: state",
		},
		{
			1, "a trend that isn't one",
			"INSERT INTO analytics.hourly_trends " + d.Changed("analytics.hourly_trends", "candidate", "'nobody'") + " ORDER BY hour LIMIT 1",
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
			`UPDATE analytics.demographic_analysis SET voted = voted + 1 WHERE TRUE`,
			`UPDATE analytics.demographic_analysis SET voted = voted - 1 WHERE TRUE`,
			"analytics.demographic_analysis: state",
		},
		{
			1, "totals of two days",
			`UPDATE analytics.regional_turnout SET election_date = election_date + 1 WHERE TRUE`,
			`UPDATE analytics.regional_turnout SET election_date = election_date - 1 WHERE TRUE`,
			"several days",
		},
		{
			4, "an amendment to what isn't so",
			`INSERT INTO analytics.amendments (window_start, candidate, votes_before, votes_after, revision, watermark, updated_at)
		 VALUES ('2026-01-01 00:00:00+00', 'ghost', 0, 7, 1, '2026-01-02 00:00:00+00', CURRENT_TIMESTAMP)`,
			`DELETE FROM analytics.amendments WHERE candidate = 'ghost'`,
			"votes_after is 7, core.vote_windows has 0",
		},
		{
			5, "an amendment missing",
			`INSERT INTO analytics.amendments (window_start, candidate, votes_before, votes_after, revision, watermark, updated_at)
		 VALUES ('2026-01-01 00:00:00+00', 'ghost', 3, 0, 2, '2026-01-02 00:00:00+00', CURRENT_TIMESTAMP)`,
			`DELETE FROM analytics.amendments WHERE candidate = 'ghost'`,
			"revision 2: amendment number 1 of its minute",
		},
	}
}
