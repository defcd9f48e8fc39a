-- +goose Up
-- New databases have the table by the first migration, and their passes fill it. In others it
-- is made here, and filled with what the passes have settled: none runs meanwhile.
LOCK TABLE core.pass_lock IN SHARE ROW EXCLUSIVE MODE;
CREATE TABLE IF NOT EXISTS analytics.rejections (
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
INSERT INTO analytics.rejections (kafka_topic, kafka_topic_id, kafka_partition, reason, rejected, settled, first_seen, updated_at)
SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.reason, count(*), count(*), now(), now()
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, min(reason) AS reason
  FROM raw.rejects
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
) AS r
JOIN core.progress AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.kafka_offset < p.next_offset
  AND NOT EXISTS (SELECT FROM analytics.rejections)
  AND NOT EXISTS (
    SELECT FROM raw.votes AS v
    WHERE v.kafka_topic = r.kafka_topic AND v.kafka_topic_id = r.kafka_topic_id
      AND v.kafka_partition = r.kafka_partition AND v.kafka_offset = r.kafka_offset
  )
  AND NOT EXISTS (
    SELECT FROM raw.voters AS v
    WHERE v.kafka_topic = r.kafka_topic AND v.kafka_topic_id = r.kafka_topic_id
      AND v.kafka_partition = r.kafka_partition AND v.kafka_offset = r.kafka_offset
  )
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.reason;
