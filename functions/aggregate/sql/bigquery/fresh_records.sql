-- Every record above the settled offsets, rejected ones included. settle.sql counts
-- offsets by it. A record that is both among the rejects and among the votes or voters,
-- because the election file was changed in between, isn't rejected.
CREATE TEMP TABLE fresh_records AS
SELECT
  r.kafka_topic,
  r.kafka_topic_id,
  r.kafka_partition,
  r.kafka_offset,
  MIN(r.kafka_follows) AS kafka_follows,
  LOGICAL_AND(r.rejected) AS rejected,
  MAX(r.ingested_at) AS ingested_at
FROM (
{{include "fresh_accepted" . | indent 2}}
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
    TRUE, ingested_at
  FROM raw.rejects
  WHERE ingested_at >= @floor AND ingested_at < @until AND kafka_offset >= @rejects_from
) AS r
LEFT JOIN core.progress AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
