select
  v.voter_key,
  v.state,
  v.age_group,
  v.gender,
  v.county,
  v.precinct,
  v.kafka_timestamp as registered_at,
  b.voter_key is not null as has_voted
from {{ source('core', 'voters') }} as v
left join {{ source('core', 'ballots') }} as b on b.voter_key = v.voter_key
