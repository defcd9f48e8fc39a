-- The amendments of a minute have the numbers from 1 on, and the last one has the
-- votes that the minute has now. This doesn't hold after a rebuild of everything,
-- which writes all minutes again without amendments. If a candidate has no votes in
-- the minute after it, every row of the table is newer than the amendment. An
-- amendment need not begin with the votes of the one before: a rebuild mends votes
-- that no pass wrote.
SELECT 1 AS count, CONCAT(
  'window_start ', CAST(a.window_start AS STRING), ', candidate "', a.candidate, '", revision ', CAST(a.revision AS STRING),
  IF(
    a.revision != a.number,
    CONCAT(': amendment number ', CAST(a.number AS STRING), ' of its minute'),
    CONCAT(': votes_after is ', CAST(a.votes_after AS STRING), ', core.vote_windows has ', CAST(IFNULL(w.votes, 0) AS STRING))
  )
) AS text
FROM (
  SELECT
    window_start, candidate, revision, votes_after, updated_at,
    ROW_NUMBER() OVER (PARTITION BY window_start, candidate ORDER BY revision) AS number,
    LEAD(revision) OVER (PARTITION BY window_start, candidate ORDER BY revision) IS NULL AS last
  FROM analytics.amendments
) AS a
LEFT JOIN (
  SELECT window_start, candidate, SUM(votes) AS votes, MAX(revision) AS revision, MIN(updated_at) AS updated_at
  FROM core.vote_windows
  GROUP BY window_start, candidate
) AS w
  ON w.window_start = a.window_start AND w.candidate = a.candidate
WHERE a.revision != a.number
  OR a.last
    AND a.votes_after != IFNULL(w.votes, 0)
    AND NOT IF(
      w.votes IS NULL,
      IFNULL((SELECT MIN(updated_at) FROM core.vote_windows) > a.updated_at, TRUE),
      w.revision = 0 AND w.updated_at > a.updated_at
    )
ORDER BY a.window_start, a.candidate, a.revision
