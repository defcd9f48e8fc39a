-- As ../amendments.sql says.
SELECT 1 AS count, concat(
  'window_start ', a.window_start, ', candidate "', a.candidate, '", revision ', a.revision,
  CASE
    WHEN a.revision <> a.number THEN concat(': amendment number ', a.number, ' of its minute')
    ELSE concat(': votes_after is ', a.votes_after, ', core.vote_windows has ', coalesce(w.votes, 0))
  END
) AS text
FROM (
  SELECT
    window_start, candidate, revision, votes_after, updated_at,
    row_number() OVER (PARTITION BY window_start, candidate ORDER BY revision) AS number,
    lead(revision) OVER (PARTITION BY window_start, candidate ORDER BY revision) IS NULL AS last
  FROM analytics.amendments
) AS a
LEFT JOIN (
  SELECT window_start, candidate, sum(votes)::bigint AS votes, max(revision) AS revision, min(updated_at) AS updated_at
  FROM core.vote_windows
  GROUP BY window_start, candidate
) AS w
  ON w.window_start = a.window_start AND w.candidate = a.candidate
WHERE a.revision <> a.number
  OR a.last
    AND a.votes_after <> coalesce(w.votes, 0)
    AND NOT CASE
      WHEN w.votes IS NULL THEN coalesce((SELECT min(updated_at) FROM core.vote_windows) > a.updated_at, true)
      ELSE w.revision = 0 AND w.updated_at > a.updated_at
    END
ORDER BY a.window_start, a.candidate, a.revision
