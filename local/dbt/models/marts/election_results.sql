select
  candidate,
  name,
  party,
  votes,
  share,
  rank() over (order by votes desc) as place,
  votes - lead(votes) over (order by votes desc, candidate) as ahead_of_next,
  election_date,
  updated_at
from {{ source('analytics', 'candidate_totals') }}
