-- Raw's records of a range of offsets of one partition.
WITH
{{include "records" .}}
SELECT kafka_offset, {{millis "kafka_timestamp"}} AS millis
FROM records
WHERE kafka_topic = @topic AND kafka_topic_id = @topic_id AND kafka_partition = @number
  AND kafka_offset >= @begin AND kafka_offset < @end
ORDER BY kafka_offset
