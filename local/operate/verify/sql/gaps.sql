-- Offsets that raw lacks between two that it has. The bridge saw the jump if the
-- record after it says that it follows the record before it.
WITH
{{include "records" .}},
{{include "ordered" .}}
SELECT kafka_topic, kafka_topic_id, kafka_partition,
  before + 1 AS from_offset,
  kafka_offset AS end_offset,
  kafka_follows <= before AS jumped
FROM ordered
WHERE kafka_offset > before + 1
ORDER BY jumped, kafka_topic, kafka_topic_id, kafka_partition, from_offset
LIMIT 10000
