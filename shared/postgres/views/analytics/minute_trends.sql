-- Votes by minute, region and candidate. For: the last hours of the count, minute
-- by minute, limited by window_start.
SELECT
  window_start,
  state,
  candidate,
  sum(votes)::bigint AS votes,
  max(revision) AS revision,
  max(updated_at) AS updated_at
FROM core.vote_windows
GROUP BY window_start, state, candidate
