-- What became of the valid records, by minute of their event time.
SELECT {{minute "event_time"}} AS window_start, kafka_topic, kafka_topic_id, kafka_partition,
{{include "fates_counted" . | indent 2}}
FROM (
{{include "fates" . | indent 2}}
) AS r
GROUP BY window_start, kafka_topic, kafka_topic_id, kafka_partition
