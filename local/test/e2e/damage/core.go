package damage

// core are changes of what passes keep.
func core(changed Changed) []Change {
	return []Change{
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
			"INSERT INTO core.duplicates " + changed("core.duplicates", "kafka_offset", "kafka_offset + 100000") + " ORDER BY kafka_offset LIMIT 1",
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
	}
}
