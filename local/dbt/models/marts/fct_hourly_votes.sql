select
  hour,
  state,
  candidate,
  votes,
  {{ integer('sum(votes) over (partition by state, candidate order by hour)') }} as votes_so_far,
  revision,
  updated_at
from {{ source('analytics', 'hourly_trends') }}
