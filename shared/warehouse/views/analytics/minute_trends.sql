-- Votes by minute and candidate in all regions. For: the last hours of the
-- count, minute by minute, limited by window_start.
SELECT
  window_start,
  candidate,
  SUM(votes) AS votes,
  MAX(revision) AS revision,
  MAX(updated_at) AS updated_at
FROM `${project}.core.vote_windows`
GROUP BY window_start, candidate
