select
  voter_key,
  vote_id,
  candidate,
  state,
  age_group,
  gender,
  polling_station,
  voted_at,
  kafka_timestamp as received_at,
  state is not null as is_counted,
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  kafka_offset,
  updated_at
from {{ source('core', 'ballots') }}
