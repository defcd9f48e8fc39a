SELECT
  window_start,
  candidate,
  votes_before,
  votes_after,
  revision,
  updated_at
FROM analytics.amendments
ORDER BY updated_at DESC, window_start DESC, candidate
LIMIT 100
