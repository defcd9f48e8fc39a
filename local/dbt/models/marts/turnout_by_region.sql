select
  state,
  registered,
  voted,
  turnout,
  leader,
  leader_votes,
  margin,
  election_date,
  updated_at
from {{ source('analytics', 'regional_turnout') }}
