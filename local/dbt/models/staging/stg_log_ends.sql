select
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  partitions,
  log_start,
  last_stable,
  log_end,
  next_offset,
  last_record,
  deleted,
  open_transactions,
  observed_at,
  ingested_at
from (
  select
    *,
    row_number() over (
      partition by kafka_topic, kafka_topic_id, kafka_partition
      order by observed_at desc, ingested_at desc, next_offset desc
    ) as report
  from {{ source('raw', 'log_ends') }}
) as reports
where report = 1
