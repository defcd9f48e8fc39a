-- +goose Up
CREATE SCHEMA raw;
CREATE SCHEMA core;
CREATE SCHEMA analytics;
CREATE SCHEMA staging;
CREATE SCHEMA marts;

CREATE TABLE analytics.amendments (
  window_start timestamptz NOT NULL,
  candidate text COLLATE "C" NOT NULL,
  votes_before bigint NOT NULL,
  votes_after bigint NOT NULL,
  revision bigint NOT NULL,
  watermark timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX amendments_window_start ON analytics.amendments (window_start);
COMMENT ON TABLE analytics.amendments IS 'Changes of minutes that were complete, because the votes'' watermark had passed their end: late votes, and votes that wait for a registration. One row a minute, candidate and pass; the newest of a minute and candidate says what stands now. For: showing what was amended, and by how much.';
COMMENT ON COLUMN analytics.amendments.window_start IS 'Start of the minute, UTC.';
COMMENT ON COLUMN analytics.amendments.candidate IS 'Id of the candidate.';
COMMENT ON COLUMN analytics.amendments.votes_before IS 'Counted votes of the minute before the pass.';
COMMENT ON COLUMN analytics.amendments.votes_after IS 'Counted votes of the minute after it.';
COMMENT ON COLUMN analytics.amendments.revision IS 'Which amendment of this minute and candidate it is, from 1.';
COMMENT ON COLUMN analytics.amendments.watermark IS 'Event time up to which the votes had been read before the pass.';
COMMENT ON COLUMN analytics.amendments.updated_at IS 'Start of the pass that amended the minute.';

CREATE TABLE analytics.books (
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  records bigint NOT NULL,
  accepted bigint NOT NULL,
  duplicate bigint NOT NULL,
  rejected bigint NOT NULL,
  pending bigint NOT NULL,
  gaps bigint NOT NULL,
  first_offset bigint NOT NULL,
  next_offset bigint NOT NULL,
  last_offset bigint NOT NULL,
  ahead bigint,
  watermark timestamptz,
  last_ingested_at timestamptz NOT NULL,
  first_seen timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (kafka_topic, kafka_topic_id, kafka_partition)
);
COMMENT ON TABLE analytics.books IS 'The books, one row per partition: records = accepted + duplicate + rejected + pending, or something is wrong.';
COMMENT ON COLUMN analytics.books.kafka_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN analytics.books.kafka_topic_id IS 'Id that the broker gave the topic when it was created (UUID, or empty where the broker has none): a topic made anew starts new offsets.';
COMMENT ON COLUMN analytics.books.kafka_partition IS 'Partition of the record.';
COMMENT ON COLUMN analytics.books.records IS 'Distinct records read.';
COMMENT ON COLUMN analytics.books.accepted IS 'Records that count.';
COMMENT ON COLUMN analytics.books.duplicate IS 'Records that don''t count because of another record of the same voter.';
COMMENT ON COLUMN analytics.books.rejected IS 'Records that can''t be counted.';
COMMENT ON COLUMN analytics.books.pending IS 'Votes whose voter isn''t registered yet.';
COMMENT ON COLUMN analytics.books.gaps IS 'Offsets between the first and the last that held no record, or haven''t arrived.';
COMMENT ON COLUMN analytics.books.first_offset IS 'Offset of the first record; 0 until it has arrived.';
COMMENT ON COLUMN analytics.books.next_offset IS 'End of the settled prefix, exclusive.';
COMMENT ON COLUMN analytics.books.last_offset IS 'Greatest offset seen.';
COMMENT ON COLUMN analytics.books.ahead IS 'Counted votes that bear a time more than a minute after their record''s.';
COMMENT ON COLUMN analytics.books.watermark IS 'Greatest event time among the partition''s records that count, each taken no later than its kafka_timestamp; NULL where none counts.';
COMMENT ON COLUMN analytics.books.last_ingested_at IS 'Greatest ingest time seen.';
COMMENT ON COLUMN analytics.books.first_seen IS 'Start of the pass that saw the partition first.';
COMMENT ON COLUMN analytics.books.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE analytics.candidate_totals (
  election_date date NOT NULL,
  candidate text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  party text COLLATE "C",
  candidate_image text COLLATE "C",
  votes bigint NOT NULL,
  share double precision NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (election_date, candidate)
);
COMMENT ON TABLE analytics.candidate_totals IS 'Votes and share by candidate. For: SELECT candidate, votes FROM analytics.candidate_totals WHERE election_date = …';
COMMENT ON COLUMN analytics.candidate_totals.election_date IS 'Day of the election: from the election file, else that of the earliest counted vote, else that of the earliest registration.';
COMMENT ON COLUMN analytics.candidate_totals.candidate IS 'Id of the candidate.';
COMMENT ON COLUMN analytics.candidate_totals.name IS 'Name of the candidate.';
COMMENT ON COLUMN analytics.candidate_totals.party IS 'Party of the candidate.';
COMMENT ON COLUMN analytics.candidate_totals.candidate_image IS 'URL of the portrait: from the election file, else the earliest of the counted votes, where the election takes portraits from votes.';
COMMENT ON COLUMN analytics.candidate_totals.votes IS 'Counted votes.';
COMMENT ON COLUMN analytics.candidate_totals.share IS 'Share of all counted votes, 0 to 1.';
COMMENT ON COLUMN analytics.candidate_totals.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE analytics.certifications (
  election text COLLATE "C" NOT NULL,
  certified boolean NOT NULL,
  certified_by text COLLATE "C" NOT NULL,
  remark text COLLATE "C",
  result text COLLATE "C" NOT NULL,
  certified_at timestamptz NOT NULL
);
COMMENT ON TABLE analytics.certifications IS 'What people said of the result, one row each time; append-only, the last row of an election holds. For: whether a result is certified, and by whom.';
COMMENT ON COLUMN analytics.certifications.election IS 'Id of the election.';
COMMENT ON COLUMN analytics.certifications.certified IS 'TRUE certifies the result; FALSE takes that back.';
COMMENT ON COLUMN analytics.certifications.certified_by IS 'Who said so.';
COMMENT ON COLUMN analytics.certifications.remark IS 'Why, or by what.';
COMMENT ON COLUMN analytics.certifications.result IS 'The votes by candidate that this is about, as a JSON object.';
COMMENT ON COLUMN analytics.certifications.certified_at IS 'When.';

CREATE TABLE analytics.demographic_analysis (
  election_date date NOT NULL,
  state text COLLATE "C" NOT NULL,
  age_group text COLLATE "C" NOT NULL,
  gender text COLLATE "C" NOT NULL,
  registered bigint NOT NULL,
  voted bigint NOT NULL,
  participation double precision,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (election_date, state, age_group, gender)
);
COMMENT ON TABLE analytics.demographic_analysis IS 'Registered and voted by region, age group and gender. For: who voted, filtered by region.';
COMMENT ON COLUMN analytics.demographic_analysis.election_date IS 'Day of the election: from the election file, else that of the earliest counted vote, else that of the earliest registration.';
COMMENT ON COLUMN analytics.demographic_analysis.state IS 'Region of the voter, as in the election''s list of regions.';
COMMENT ON COLUMN analytics.demographic_analysis.age_group IS 'Age group of the voter: under 18, 18-24, 25-34, 35-49, 50-64, 65+ or unknown.';
COMMENT ON COLUMN analytics.demographic_analysis.gender IS 'Gender of the voter, in lower case, or unknown.';
COMMENT ON COLUMN analytics.demographic_analysis.registered IS 'Registered voters.';
COMMENT ON COLUMN analytics.demographic_analysis.voted IS 'Counted ballots.';
COMMENT ON COLUMN analytics.demographic_analysis.participation IS 'voted / registered, 0 to 1; NULL where nobody is registered.';
COMMENT ON COLUMN analytics.demographic_analysis.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE analytics.hourly_trends (
  hour timestamptz NOT NULL,
  state text COLLATE "C" NOT NULL,
  candidate text COLLATE "C" NOT NULL,
  votes bigint NOT NULL,
  revision bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (hour, state, candidate)
);
COMMENT ON TABLE analytics.hourly_trends IS 'Votes by hour, region and candidate. For: the course of the night, filtered by time, region and candidate.';
COMMENT ON COLUMN analytics.hourly_trends.hour IS 'Start of the hour, UTC.';
COMMENT ON COLUMN analytics.hourly_trends.state IS 'Region of the voter, as in the election''s list of regions.';
COMMENT ON COLUMN analytics.hourly_trends.candidate IS 'Id of the candidate.';
COMMENT ON COLUMN analytics.hourly_trends.votes IS 'Counted votes.';
COMMENT ON COLUMN analytics.hourly_trends.revision IS 'How often the row has changed since it was first written; 0 for never.';
COMMENT ON COLUMN analytics.hourly_trends.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE analytics.regional_turnout (
  election_date date NOT NULL,
  state text COLLATE "C" NOT NULL,
  registered bigint NOT NULL,
  voted bigint NOT NULL,
  turnout double precision,
  leader text COLLATE "C",
  leader_votes bigint NOT NULL,
  margin bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (election_date, state)
);
COMMENT ON TABLE analytics.regional_turnout IS 'Registered and voted by region, with its leader. For: the map, and one region by name.';
COMMENT ON COLUMN analytics.regional_turnout.election_date IS 'Day of the election: from the election file, else that of the earliest counted vote, else that of the earliest registration.';
COMMENT ON COLUMN analytics.regional_turnout.state IS 'Region of the voter, as in the election''s list of regions.';
COMMENT ON COLUMN analytics.regional_turnout.registered IS 'Registered voters.';
COMMENT ON COLUMN analytics.regional_turnout.voted IS 'Counted ballots.';
COMMENT ON COLUMN analytics.regional_turnout.turnout IS 'voted / registered, 0 to 1; NULL where nobody is registered.';
COMMENT ON COLUMN analytics.regional_turnout.leader IS 'Id of the candidate with the most votes; of equals the first by id; NULL where nobody has voted.';
COMMENT ON COLUMN analytics.regional_turnout.leader_votes IS 'Votes of the leader.';
COMMENT ON COLUMN analytics.regional_turnout.margin IS 'Votes of the leader less those of the next.';
COMMENT ON COLUMN analytics.regional_turnout.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE analytics.rejections (
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  reason text COLLATE "C" NOT NULL,
  rejected bigint NOT NULL,
  settled bigint NOT NULL,
  first_seen timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (kafka_topic, kafka_topic_id, kafka_partition, reason)
);
COMMENT ON TABLE analytics.rejections IS 'The rejected records of each partition by reason; their sum is rejected of analytics.books.';
COMMENT ON COLUMN analytics.rejections.kafka_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN analytics.rejections.kafka_topic_id IS 'Id that the broker gave the topic when it was created (UUID, or empty where the broker has none): a topic made anew starts new offsets.';
COMMENT ON COLUMN analytics.rejections.kafka_partition IS 'Partition of the record.';
COMMENT ON COLUMN analytics.rejections.reason IS 'Why, as a code: malformed_json, missing_voter_id, unknown_candidate, outside_voting_hours and so on.';
COMMENT ON COLUMN analytics.rejections.rejected IS 'Records that can''t be counted.';
COMMENT ON COLUMN analytics.rejections.settled IS 'Of them, those below the settled offset: no later pass reads them again.';
COMMENT ON COLUMN analytics.rejections.first_seen IS 'Start of the pass that found the reason in the partition first.';
COMMENT ON COLUMN analytics.rejections.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE analytics.shown_hours (
  hour timestamptz NOT NULL,
  state text COLLATE "C" NOT NULL,
  candidate text COLLATE "C" NOT NULL,
  votes bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (hour, state, candidate)
);
COMMENT ON TABLE analytics.shown_hours IS 'Of hourly_trends, the votes by candidate that may be shown while the count goes on. The votes of one region in one hour are a cell. A cell moves by at least small_cell ballots at once, and keeps at least as many back. For: showing figures by candidate that say nothing about one voter.';
COMMENT ON COLUMN analytics.shown_hours.hour IS 'Start of the hour, UTC.';
COMMENT ON COLUMN analytics.shown_hours.state IS 'Region of the voter, as in the election''s list of regions.';
COMMENT ON COLUMN analytics.shown_hours.candidate IS 'Id of the candidate.';
COMMENT ON COLUMN analytics.shown_hours.votes IS 'Ballots that may be shown.';
COMMENT ON COLUMN analytics.shown_hours.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE core.ballots (
  voter_key text COLLATE "C" NOT NULL,
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  kafka_offset bigint NOT NULL,
  kafka_timestamp timestamptz NOT NULL,
  vote_id text COLLATE "C",
  candidate text COLLATE "C" NOT NULL,
  candidate_image text COLLATE "C",
  voted_at timestamptz NOT NULL,
  polling_station text COLLATE "C",
  state text COLLATE "C",
  age_group text COLLATE "C",
  gender text COLLATE "C",
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (voter_key)
);
CREATE INDEX ballots_voted_at ON core.ballots (voted_at);
COMMENT ON TABLE core.ballots IS 'One ballot per voter: of several votes the earliest. A ballot whose voter isn''t registered (state is NULL) is pending. Looked up by voter, for which all of it is read; counted by minute of the vote.';
COMMENT ON COLUMN core.ballots.voter_key IS 'Keyed HMAC of the voter id: 128 bits, base64url.';
COMMENT ON COLUMN core.ballots.kafka_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN core.ballots.kafka_topic_id IS 'Id that the broker gave the topic when it was created (UUID, or empty where the broker has none): a topic made anew starts new offsets.';
COMMENT ON COLUMN core.ballots.kafka_partition IS 'Partition of the record.';
COMMENT ON COLUMN core.ballots.kafka_offset IS 'Offset of the record in its partition.';
COMMENT ON COLUMN core.ballots.kafka_timestamp IS 'Timestamp of the record as the broker holds it; the order of records is (kafka_timestamp, kafka_partition, kafka_offset, kafka_topic_id).';
COMMENT ON COLUMN core.ballots.vote_id IS 'Id that the producer gave the vote.';
COMMENT ON COLUMN core.ballots.candidate IS 'Id of the candidate.';
COMMENT ON COLUMN core.ballots.candidate_image IS 'URL of the candidate''s portrait, where the producer sent one.';
COMMENT ON COLUMN core.ballots.voted_at IS 'When the vote was cast.';
COMMENT ON COLUMN core.ballots.polling_station IS 'Where the vote was cast.';
COMMENT ON COLUMN core.ballots.state IS 'Region of the voter, as in the election''s list of regions.';
COMMENT ON COLUMN core.ballots.age_group IS 'Age group of the voter: under 18, 18-24, 25-34, 35-49, 50-64, 65+ or unknown.';
COMMENT ON COLUMN core.ballots.gender IS 'Gender of the voter, in lower case, or unknown.';
COMMENT ON COLUMN core.ballots.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE core.book_windows (
  window_start timestamptz NOT NULL,
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  accepted bigint NOT NULL,
  pending bigint NOT NULL,
  duplicate bigint NOT NULL,
  ahead bigint,
  watermark timestamptz,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (window_start, kafka_topic, kafka_topic_id, kafka_partition)
);
COMMENT ON TABLE core.book_windows IS 'How many records of each minute of event time are accepted, pending or duplicate, by partition: the middle of the books.';
COMMENT ON COLUMN core.book_windows.window_start IS 'Start of the minute of event time.';
COMMENT ON COLUMN core.book_windows.kafka_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN core.book_windows.kafka_topic_id IS 'Id that the broker gave the topic when it was created (UUID, or empty where the broker has none): a topic made anew starts new offsets.';
COMMENT ON COLUMN core.book_windows.kafka_partition IS 'Partition of the record.';
COMMENT ON COLUMN core.book_windows.accepted IS 'Records that count.';
COMMENT ON COLUMN core.book_windows.pending IS 'Votes whose voter isn''t registered.';
COMMENT ON COLUMN core.book_windows.duplicate IS 'Records that an earlier vote, or a later registration, stands before.';
COMMENT ON COLUMN core.book_windows.ahead IS 'Counted votes that bear a time more than a minute after their record''s.';
COMMENT ON COLUMN core.book_windows.watermark IS 'Greatest event time among the records that count, each taken no later than its kafka_timestamp; NULL where none counts.';
COMMENT ON COLUMN core.book_windows.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE core.duplicates (
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  kafka_offset bigint NOT NULL,
  kafka_timestamp timestamptz NOT NULL,
  voter_key text COLLATE "C" NOT NULL,
  event_time timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset)
);
CREATE INDEX duplicates_event_time ON core.duplicates (event_time);
COMMENT ON TABLE core.duplicates IS 'Records that were read and are valid, and don''t count: later votes of a voter, and registrations that a later one replaced. One row per record.';
COMMENT ON COLUMN core.duplicates.kafka_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN core.duplicates.kafka_topic_id IS 'Id that the broker gave the topic when it was created (UUID, or empty where the broker has none): a topic made anew starts new offsets.';
COMMENT ON COLUMN core.duplicates.kafka_partition IS 'Partition of the record.';
COMMENT ON COLUMN core.duplicates.kafka_offset IS 'Offset of the record in its partition.';
COMMENT ON COLUMN core.duplicates.kafka_timestamp IS 'Timestamp of the record as the broker holds it; the order of records is (kafka_timestamp, kafka_partition, kafka_offset, kafka_topic_id).';
COMMENT ON COLUMN core.duplicates.voter_key IS 'Keyed HMAC of the voter id: 128 bits, base64url.';
COMMENT ON COLUMN core.duplicates.event_time IS 'voted_at of a vote, kafka_timestamp of a registration.';
COMMENT ON COLUMN core.duplicates.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE core.electorate_windows (
  window_start timestamptz NOT NULL,
  state text COLLATE "C" NOT NULL,
  age_group text COLLATE "C" NOT NULL,
  gender text COLLATE "C" NOT NULL,
  registered bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (window_start, state, age_group, gender)
);
COMMENT ON TABLE core.electorate_windows IS 'Registered voters by the minute of their current record and group: the electorate is their sum.';
COMMENT ON COLUMN core.electorate_windows.window_start IS 'Start of the minute of kafka_timestamp.';
COMMENT ON COLUMN core.electorate_windows.state IS 'Region of the voter, as in the election''s list of regions.';
COMMENT ON COLUMN core.electorate_windows.age_group IS 'Age group of the voter: under 18, 18-24, 25-34, 35-49, 50-64, 65+ or unknown.';
COMMENT ON COLUMN core.electorate_windows.gender IS 'Gender of the voter, in lower case, or unknown.';
COMMENT ON COLUMN core.electorate_windows.registered IS 'Voters whose current record is of this minute.';
COMMENT ON COLUMN core.electorate_windows.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE core.progress (
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  first_offset bigint NOT NULL,
  next_offset bigint NOT NULL,
  records bigint NOT NULL,
  rejected bigint NOT NULL,
  records_above bigint NOT NULL,
  rejected_above bigint NOT NULL,
  last_offset bigint NOT NULL,
  ingest_floor timestamptz NOT NULL,
  last_ingested_at timestamptz NOT NULL,
  first_seen timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (kafka_topic, kafka_topic_id, kafka_partition)
);
COMMENT ON TABLE core.progress IS 'State of the passes, one row per partition: what is settled below next_offset, and what was seen above it.';
COMMENT ON COLUMN core.progress.kafka_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN core.progress.kafka_topic_id IS 'Id that the broker gave the topic when it was created (UUID, or empty where the broker has none): a topic made anew starts new offsets.';
COMMENT ON COLUMN core.progress.kafka_partition IS 'Partition of the record.';
COMMENT ON COLUMN core.progress.first_offset IS 'Offset of the first record of the partition; 0 until it has arrived.';
COMMENT ON COLUMN core.progress.next_offset IS 'End of the settled prefix, exclusive: every offset below it was read, or is a gap.';
COMMENT ON COLUMN core.progress.records IS 'Distinct records below next_offset.';
COMMENT ON COLUMN core.progress.rejected IS 'Distinct rejected records below next_offset.';
COMMENT ON COLUMN core.progress.records_above IS 'Distinct records at or above next_offset: they wait for the ones between.';
COMMENT ON COLUMN core.progress.rejected_above IS 'Distinct rejected records at or above next_offset.';
COMMENT ON COLUMN core.progress.last_offset IS 'Greatest offset seen.';
COMMENT ON COLUMN core.progress.ingest_floor IS 'Rows ingested before this are settled: where the next pass begins to look.';
COMMENT ON COLUMN core.progress.last_ingested_at IS 'Greatest ingest time seen.';
COMMENT ON COLUMN core.progress.first_seen IS 'Start of the pass that saw the partition first.';
COMMENT ON COLUMN core.progress.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE core.vote_hours (
  hour timestamptz NOT NULL,
  candidate text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  age_group text COLLATE "C" NOT NULL,
  gender text COLLATE "C" NOT NULL,
  votes bigint NOT NULL,
  candidate_image text COLLATE "C",
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (hour, candidate, state, age_group, gender)
);
COMMENT ON TABLE core.vote_hours IS 'The vote windows by hour: what the totals are summed from, so that they don''t grow with the minutes.';
COMMENT ON COLUMN core.vote_hours.hour IS 'Start of the hour, UTC.';
COMMENT ON COLUMN core.vote_hours.candidate IS 'Id of the candidate.';
COMMENT ON COLUMN core.vote_hours.state IS 'Region of the voter, as in the election''s list of regions.';
COMMENT ON COLUMN core.vote_hours.age_group IS 'Age group of the voter: under 18, 18-24, 25-34, 35-49, 50-64, 65+ or unknown.';
COMMENT ON COLUMN core.vote_hours.gender IS 'Gender of the voter, in lower case, or unknown.';
COMMENT ON COLUMN core.vote_hours.votes IS 'Ballots in the hour.';
COMMENT ON COLUMN core.vote_hours.candidate_image IS 'The earliest portrait that a counted vote of the hour carried: its place in the order of the ballots (broker timestamp in microseconds, partition and offset, in 17, 10 and 19 digits), and its URL, divided by slashes.';
COMMENT ON COLUMN core.vote_hours.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE core.vote_windows (
  window_start timestamptz NOT NULL,
  candidate text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  age_group text COLLATE "C" NOT NULL,
  gender text COLLATE "C" NOT NULL,
  votes bigint NOT NULL,
  candidate_image text COLLATE "C",
  revision bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (window_start, candidate, state, age_group, gender)
);
COMMENT ON TABLE core.vote_windows IS 'Counted votes by tumbling window of one minute of event time, candidate and group of voters; every figure of the analytics tables follows from it.';
COMMENT ON COLUMN core.vote_windows.window_start IS 'Start of the window, inclusive; it is one minute long.';
COMMENT ON COLUMN core.vote_windows.candidate IS 'Id of the candidate.';
COMMENT ON COLUMN core.vote_windows.state IS 'Region of the voter, as in the election''s list of regions.';
COMMENT ON COLUMN core.vote_windows.age_group IS 'Age group of the voter: under 18, 18-24, 25-34, 35-49, 50-64, 65+ or unknown.';
COMMENT ON COLUMN core.vote_windows.gender IS 'Gender of the voter, in lower case, or unknown.';
COMMENT ON COLUMN core.vote_windows.votes IS 'Ballots in the window.';
COMMENT ON COLUMN core.vote_windows.candidate_image IS 'The earliest portrait that a counted vote of the window carried: its place in the order of the ballots (broker timestamp in microseconds, partition and offset, in 17, 10 and 19 digits), and its URL, divided by slashes.';
COMMENT ON COLUMN core.vote_windows.revision IS 'How often the row has changed since it was first written; 0 for never.';
COMMENT ON COLUMN core.vote_windows.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE core.voters (
  voter_key text COLLATE "C" NOT NULL,
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  kafka_offset bigint NOT NULL,
  kafka_timestamp timestamptz NOT NULL,
  state text COLLATE "C" NOT NULL,
  age_group text COLLATE "C" NOT NULL,
  gender text COLLATE "C" NOT NULL,
  county text COLLATE "C",
  precinct text COLLATE "C",
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (voter_key)
);
CREATE INDEX voters_kafka_timestamp ON core.voters (kafka_timestamp);
COMMENT ON TABLE core.voters IS 'The current registration of each voter: of several records the latest. Looked up by voter, for which all of it is read; counted by minute.';
COMMENT ON COLUMN core.voters.voter_key IS 'Keyed HMAC of the voter id: 128 bits, base64url.';
COMMENT ON COLUMN core.voters.kafka_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN core.voters.kafka_topic_id IS 'Id that the broker gave the topic when it was created (UUID, or empty where the broker has none): a topic made anew starts new offsets.';
COMMENT ON COLUMN core.voters.kafka_partition IS 'Partition of the record.';
COMMENT ON COLUMN core.voters.kafka_offset IS 'Offset of the record in its partition.';
COMMENT ON COLUMN core.voters.kafka_timestamp IS 'Timestamp of the record as the broker holds it; the order of records is (kafka_timestamp, kafka_partition, kafka_offset, kafka_topic_id).';
COMMENT ON COLUMN core.voters.state IS 'Region of the voter, as in the election''s list of regions.';
COMMENT ON COLUMN core.voters.age_group IS 'Age group of the voter: under 18, 18-24, 25-34, 35-49, 50-64, 65+ or unknown.';
COMMENT ON COLUMN core.voters.gender IS 'Gender of the voter, in lower case, or unknown.';
COMMENT ON COLUMN core.voters.county IS 'County of the voter.';
COMMENT ON COLUMN core.voters.precinct IS 'Precinct of the voter.';
COMMENT ON COLUMN core.voters.updated_at IS 'Start of the pass that last changed the row.';

CREATE TABLE raw.log_ends (
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  partitions bigint NOT NULL,
  log_start bigint NOT NULL,
  last_stable bigint NOT NULL,
  log_end bigint NOT NULL,
  next_offset bigint NOT NULL,
  last_record bigint NOT NULL,
  deleted bigint NOT NULL,
  open_transactions text COLLATE "C",
  observed_at timestamptz NOT NULL,
  ingested_at timestamptz NOT NULL
) PARTITION BY RANGE (ingested_at);
CREATE INDEX log_ends_ingested_at ON raw.log_ends (ingested_at);
COMMENT ON TABLE raw.log_ends IS 'How far each partition''s log reached on Kafka and how far the bridge had carried it, as of one moment; append-only. Whether everything is counted follows from it and from core.progress.';
COMMENT ON COLUMN raw.log_ends.kafka_topic IS 'Topic.';
COMMENT ON COLUMN raw.log_ends.kafka_topic_id IS 'Id that the broker gave the topic when it was created, as of the records.';
COMMENT ON COLUMN raw.log_ends.kafka_partition IS 'Partition.';
COMMENT ON COLUMN raw.log_ends.partitions IS 'How many partitions the topic had.';
COMMENT ON COLUMN raw.log_ends.log_start IS 'First offset that the broker held.';
COMMENT ON COLUMN raw.log_ends.last_stable IS 'Offset before which no transaction was open; log_end where none was.';
COMMENT ON COLUMN raw.log_ends.log_end IS 'End of the log, exclusive.';
COMMENT ON COLUMN raw.log_ends.next_offset IS 'Offset below which everything was read and acknowledged by Pub/Sub.';
COMMENT ON COLUMN raw.log_ends.last_record IS 'Offset of the last record below next_offset; -1 for none.';
COMMENT ON COLUMN raw.log_ends.deleted IS 'Offsets that the broker had deleted before anyone read them, since the partition was first read.';
COMMENT ON COLUMN raw.log_ends.open_transactions IS 'The transactions that held records back, for people.';
COMMENT ON COLUMN raw.log_ends.observed_at IS 'When the log was looked at, by the bridge''s clock.';
COMMENT ON COLUMN raw.log_ends.ingested_at IS 'When ingest appended the row; prunes, never decides.';

CREATE TABLE raw.rejects (
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  kafka_offset bigint NOT NULL,
  kafka_timestamp timestamptz NOT NULL,
  kafka_follows bigint NOT NULL,
  reason text COLLATE "C" NOT NULL,
  detail text COLLATE "C",
  record_key bytea,
  record_value bytea,
  record_bytes bigint NOT NULL,
  ingested_at timestamptz NOT NULL
) PARTITION BY RANGE (ingested_at);
CREATE INDEX rejects_ingested_at ON raw.rejects (ingested_at);
COMMENT ON TABLE raw.rejects IS 'Records that can''t be counted, each with its reason, its bytes and its identity; append-only.';
COMMENT ON COLUMN raw.rejects.kafka_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN raw.rejects.kafka_topic_id IS 'Id that the broker gave the topic when it was created (UUID, or empty where the broker has none): a topic made anew starts new offsets.';
COMMENT ON COLUMN raw.rejects.kafka_partition IS 'Partition of the record.';
COMMENT ON COLUMN raw.rejects.kafka_offset IS 'Offset of the record in its partition.';
COMMENT ON COLUMN raw.rejects.kafka_timestamp IS 'Timestamp of the record as the broker holds it; the order of records is (kafka_timestamp, kafka_partition, kafka_offset, kafka_topic_id).';
COMMENT ON COLUMN raw.rejects.kafka_follows IS 'Offset of the record before this one as the bridge read the partition; kafka_offset - 1 unless offsets are missing between them, and -1 for the first of all.';
COMMENT ON COLUMN raw.rejects.reason IS 'Why, as a code: malformed_json, missing_voter_id, unknown_candidate, outside_voting_hours and so on.';
COMMENT ON COLUMN raw.rejects.detail IS 'Why, as a sentence.';
COMMENT ON COLUMN raw.rejects.record_key IS 'Key of the record.';
COMMENT ON COLUMN raw.rejects.record_value IS 'Value of the record; its beginning where it was too large for a message.';
COMMENT ON COLUMN raw.rejects.record_bytes IS 'Size of the record''s value in bytes; -1 for a tombstone.';
COMMENT ON COLUMN raw.rejects.ingested_at IS 'When ingest appended the row; prunes and displays, never decides.';

CREATE TABLE raw.voters (
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  kafka_offset bigint NOT NULL,
  kafka_timestamp timestamptz NOT NULL,
  kafka_follows bigint NOT NULL,
  voter_key text COLLATE "C" NOT NULL,
  name text COLLATE "C",
  age bigint,
  state text COLLATE "C" NOT NULL,
  age_group text COLLATE "C" NOT NULL,
  gender text COLLATE "C" NOT NULL,
  county text COLLATE "C",
  precinct text COLLATE "C",
  registration_date date,
  ingested_at timestamptz NOT NULL,
  state_text text COLLATE "C"
) PARTITION BY RANGE (ingested_at);
CREATE INDEX voters_ingested_at ON raw.voters (ingested_at);
COMMENT ON TABLE raw.voters IS 'Registrations as ingest read them, append-only. One Kafka record may stand here more than once.';
COMMENT ON COLUMN raw.voters.kafka_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN raw.voters.kafka_topic_id IS 'Id that the broker gave the topic when it was created (UUID, or empty where the broker has none): a topic made anew starts new offsets.';
COMMENT ON COLUMN raw.voters.kafka_partition IS 'Partition of the record.';
COMMENT ON COLUMN raw.voters.kafka_offset IS 'Offset of the record in its partition.';
COMMENT ON COLUMN raw.voters.kafka_timestamp IS 'Timestamp of the record as the broker holds it; the order of records is (kafka_timestamp, kafka_partition, kafka_offset, kafka_topic_id).';
COMMENT ON COLUMN raw.voters.kafka_follows IS 'Offset of the record before this one as the bridge read the partition; kafka_offset - 1 unless offsets are missing between them, and -1 for the first of all.';
COMMENT ON COLUMN raw.voters.voter_key IS 'Keyed HMAC of the voter id: 128 bits, base64url.';
COMMENT ON COLUMN raw.voters.name IS 'Name of the voter; empty unless ingest is told to keep names.';
COMMENT ON COLUMN raw.voters.age IS 'Age in years.';
COMMENT ON COLUMN raw.voters.state IS 'Id of the voter''s region; where the election lists none, its name in canonical form.';
COMMENT ON COLUMN raw.voters.age_group IS 'Age group of the voter: under 18, 18-24, 25-34, 35-49, 50-64, 65+ or unknown.';
COMMENT ON COLUMN raw.voters.gender IS 'Gender of the voter, in lower case, or unknown.';
COMMENT ON COLUMN raw.voters.county IS 'County of the voter.';
COMMENT ON COLUMN raw.voters.precinct IS 'Precinct of the voter.';
COMMENT ON COLUMN raw.voters.registration_date IS 'Day of the registration.';
COMMENT ON COLUMN raw.voters.ingested_at IS 'When ingest appended the row; prunes and displays, never decides.';
COMMENT ON COLUMN raw.voters.state_text IS 'What the record says of the region, where it is neither the column state nor literally an id, name or alias of the election file.';

CREATE TABLE raw.votes (
  kafka_topic text COLLATE "C" NOT NULL,
  kafka_topic_id text COLLATE "C" NOT NULL,
  kafka_partition bigint NOT NULL,
  kafka_offset bigint NOT NULL,
  kafka_timestamp timestamptz NOT NULL,
  kafka_follows bigint NOT NULL,
  vote_id text COLLATE "C",
  voter_key text COLLATE "C" NOT NULL,
  candidate text COLLATE "C" NOT NULL,
  candidate_image text COLLATE "C",
  voted_at timestamptz NOT NULL,
  polling_station text COLLATE "C",
  ingested_at timestamptz NOT NULL,
  candidate_text text COLLATE "C"
) PARTITION BY RANGE (ingested_at);
CREATE INDEX votes_ingested_at ON raw.votes (ingested_at);
COMMENT ON TABLE raw.votes IS 'Votes as ingest read them, append-only. One Kafka record may stand here more than once. Clustered by offset, since a pass reads what lies above the settled offsets.';
COMMENT ON COLUMN raw.votes.kafka_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN raw.votes.kafka_topic_id IS 'Id that the broker gave the topic when it was created (UUID, or empty where the broker has none): a topic made anew starts new offsets.';
COMMENT ON COLUMN raw.votes.kafka_partition IS 'Partition of the record.';
COMMENT ON COLUMN raw.votes.kafka_offset IS 'Offset of the record in its partition.';
COMMENT ON COLUMN raw.votes.kafka_timestamp IS 'Timestamp of the record as the broker holds it; the order of records is (kafka_timestamp, kafka_partition, kafka_offset, kafka_topic_id).';
COMMENT ON COLUMN raw.votes.kafka_follows IS 'Offset of the record before this one as the bridge read the partition; kafka_offset - 1 unless offsets are missing between them, and -1 for the first of all.';
COMMENT ON COLUMN raw.votes.vote_id IS 'Id that the producer gave the vote.';
COMMENT ON COLUMN raw.votes.voter_key IS 'Keyed HMAC of the voter id: 128 bits, base64url.';
COMMENT ON COLUMN raw.votes.candidate IS 'Id of the candidate; in an open ballot the name in its canonical form.';
COMMENT ON COLUMN raw.votes.candidate_image IS 'URL of the candidate''s portrait, where the record has one and the election file takes it.';
COMMENT ON COLUMN raw.votes.voted_at IS 'When the vote was cast: the event time.';
COMMENT ON COLUMN raw.votes.polling_station IS 'Where the vote was cast.';
COMMENT ON COLUMN raw.votes.ingested_at IS 'When ingest appended the row; prunes and displays, never decides.';
COMMENT ON COLUMN raw.votes.candidate_text IS 'What the record says of the candidate, where it is neither the column candidate nor literally an id, name or alias of the election file.';
