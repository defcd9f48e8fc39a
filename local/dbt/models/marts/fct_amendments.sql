select
  window_start,
  candidate,
  revision,
  votes_before,
  votes_after,
  votes_after - votes_before as change,
  watermark,
  updated_at
from {{ source('analytics', 'amendments') }}
