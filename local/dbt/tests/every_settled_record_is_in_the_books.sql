-- The settled records of each partition in raw are as many as core.progress has counted.
{{ config(tags=['reads_raw']) }}
with records as (
  select kafka_topic, kafka_topic_id, kafka_partition, kafka_offset from {{ ref('stg_votes') }}
  union distinct
  select kafka_topic, kafka_topic_id, kafka_partition, kafka_offset from {{ ref('stg_voters') }}
  union distinct
  select kafka_topic, kafka_topic_id, kafka_partition, kafka_offset from {{ ref('stg_rejects') }}
),
counted as (
  select p.kafka_topic, p.kafka_topic_id, p.kafka_partition, p.records, count(r.kafka_offset) as in_raw
  from {{ source('core', 'progress') }} as p
  left join records as r
    on r.kafka_topic = p.kafka_topic
    and r.kafka_topic_id = p.kafka_topic_id
    and r.kafka_partition = p.kafka_partition
    and r.kafka_offset < p.next_offset
  group by p.kafka_topic, p.kafka_topic_id, p.kafka_partition, p.records
)
select * from counted where records <> in_raw
