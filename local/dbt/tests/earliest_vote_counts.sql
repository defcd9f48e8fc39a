-- No settled vote of a voter comes before the one that counts.
{{ config(tags=['reads_raw']) }}
select v.voter_key, v.kafka_partition, v.kafka_offset
from {{ ref('stg_votes') }} as v
join {{ source('core', 'progress') }} as p
  on p.kafka_topic = v.kafka_topic
  and p.kafka_topic_id = v.kafka_topic_id
  and p.kafka_partition = v.kafka_partition
left join {{ ref('fct_ballots') }} as b on b.voter_key = v.voter_key
where v.kafka_offset < p.next_offset
  and (
    b.voter_key is null
    or v.kafka_timestamp < b.received_at
    or (v.kafka_timestamp = b.received_at and (
      v.kafka_partition < b.kafka_partition
      or (v.kafka_partition = b.kafka_partition and v.kafka_offset < b.kafka_offset)
    ))
  )
