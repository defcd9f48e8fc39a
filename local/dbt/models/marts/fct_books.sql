select
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  records,
  accepted,
  duplicate,
  rejected,
  pending,
  records - accepted - duplicate - rejected - pending as difference,
  gaps,
  first_offset,
  next_offset,
  last_offset,
  watermark,
  last_ingested_at,
  updated_at
from {{ source('analytics', 'books') }}
