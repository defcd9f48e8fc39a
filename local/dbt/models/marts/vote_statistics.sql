select
  hour as hour_voted,
  candidate,
  state,
  age_group,
  gender,
  votes as vote_count
from {{ source('core', 'vote_hours') }}
