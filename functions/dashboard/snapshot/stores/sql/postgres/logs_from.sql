-- Reports are read from @reports_from on; where that is NULL, as far back as a day from the
-- newest. @furthest is how far reports before that had each partition read.
LEFT JOIN unnest(@topics::text[], @topic_ids::text[], @partitions::bigint[], @furthest::bigint[])
  AS k (kafka_topic, kafka_topic_id, kafka_partition, furthest)
  ON k.kafka_topic = r.kafka_topic
  AND k.kafka_topic_id = r.kafka_topic_id
  AND k.kafka_partition = r.kafka_partition
WHERE r.ingested_at >= COALESCE(@reports_from, (SELECT date_trunc('hour', max(ingested_at) - interval '24 hours') FROM analytics.log_ends))
