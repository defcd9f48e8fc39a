-- +goose Up
-- The lock of passes: each holds it from before its snapshot to its end, so that two
-- never work on the same state. The table stays empty and nothing else uses it.
CREATE TABLE core.pass_lock ();
COMMENT ON TABLE core.pass_lock IS 'Locked by the pass, step or rebuild that is under way. It has no rows.';

-- By them a pass finds the records above the settled offsets of each partition.
CREATE INDEX votes_record ON raw.votes (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset);
CREATE INDEX voters_record ON raw.voters (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset);
CREATE INDEX rejects_record ON raw.rejects (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset);
