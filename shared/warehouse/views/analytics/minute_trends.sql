-- Votes by minute, region and candidate. For: the last hours of the count, minute
-- by minute, limited by window_start.
SELECT
  window_start,
  state,
  candidate,
  SUM(votes) AS votes,
  MAX(revision) AS revision,
  MAX(updated_at) AS updated_at
FROM `${project}.${prefix}core.vote_windows`
GROUP BY window_start, state, candidate
