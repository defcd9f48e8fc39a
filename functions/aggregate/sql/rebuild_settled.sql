-- Adds the settled records of the affected voters to the fresh ones. It runs after
-- fresh_records, by which offsets are counted: these are counted already.
INSERT INTO fresh_votes (
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp,
  voter_key, vote_id, candidate, candidate_image, voted_at, polling_station, ingested_at
)
SELECT
  r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, MIN(r.kafka_follows), ANY_VALUE(r.kafka_timestamp),
  ANY_VALUE(r.voter_key), ANY_VALUE(r.vote_id), ANY_VALUE(r.candidate), ANY_VALUE(r.candidate_image),
  ANY_VALUE(r.voted_at), ANY_VALUE(r.polling_station), MAX(r.ingested_at)
FROM raw.votes AS r
JOIN core.progress AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.kafka_offset < p.next_offset AND r.voter_key IN (SELECT voter_key FROM affected)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset;
INSERT INTO fresh_voters (
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp,
  voter_key, state, age_group, gender, county, precinct, ingested_at
)
SELECT
  r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, MIN(r.kafka_follows), ANY_VALUE(r.kafka_timestamp),
  ANY_VALUE(r.voter_key), ANY_VALUE(r.state), ANY_VALUE(r.age_group), ANY_VALUE(r.gender),
  ANY_VALUE(r.county), ANY_VALUE(r.precinct), MAX(r.ingested_at)
FROM raw.voters AS r
JOIN core.progress AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.kafka_offset < p.next_offset AND r.voter_key IN (SELECT voter_key FROM affected)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
