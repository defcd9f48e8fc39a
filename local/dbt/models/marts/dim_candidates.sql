select
  candidate,
  name,
  party,
  candidate_image,
  election_date
from {{ source('analytics', 'candidate_totals') }}
