package damage

// raw are changes of what ingest appends.
func raw(changed Changed) []Change {
	return []Change{
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
			"INSERT INTO raw.votes " + changed("raw.votes", "candidate", "'nobody'") + " WHERE kafka_partition = 2 AND kafka_offset = 3 LIMIT 1",
			`DELETE FROM raw.votes WHERE candidate = 'nobody'`,
			"raw.votes: kafka_topic \"votes\"",
		},
	}
}
