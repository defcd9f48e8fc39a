select
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  kafka_offset,
  reason,
  detail,
  record_bytes,
  kafka_timestamp as received_at,
  ingested_at
from {{ ref('stg_rejects') }}
