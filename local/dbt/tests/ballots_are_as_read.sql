-- Every ballot is a vote that was read, with the candidate and the time that it had.
{{ config(tags=['reads_raw']) }}
select b.voter_key, b.kafka_partition, b.kafka_offset, b.candidate, v.candidate as candidate_read
from {{ ref('fct_ballots') }} as b
left join {{ ref('stg_votes') }} as v
  on v.kafka_topic = b.kafka_topic
  and v.kafka_topic_id = b.kafka_topic_id
  and v.kafka_partition = b.kafka_partition
  and v.kafka_offset = b.kafka_offset
  and v.voter_key = b.voter_key
where v.voter_key is null
  or v.candidate <> b.candidate
  or v.voted_at <> b.voted_at
