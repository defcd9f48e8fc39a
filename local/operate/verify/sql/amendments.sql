-- The amendments of a minute have the numbers from 1 on, and the last one has the
-- votes that the minute has now in core.vote_windows. A rebuild of everything writes all
-- minutes again, without amendments, so votes that it wrote after an amendment may differ
-- from it. Their revision is 0. If a rebuild leaves a candidate no votes in the minute, no
-- row is there to tell when: every row of core.vote_windows is newer than the amendment
-- then. An amendment need not begin with the votes of the one before: a rebuild mends votes
-- that no pass wrote.
SELECT 1 AS count, CONCAT(
  'window_start ', {{text "a.window_start"}}, ', candidate "', a.candidate, '", revision ', {{text "a.revision"}},
  CASE
    WHEN a.revision != a.number THEN CONCAT(': amendment number ', {{text "a.number"}}, ' of its minute')
    ELSE CONCAT(': votes_after is ', {{text "a.votes_after"}}, ', core.vote_windows has ', {{text "COALESCE(w.votes, 0)"}})
  END
) AS text
FROM (
  SELECT
    window_start, candidate, revision, votes_after, updated_at,
    ROW_NUMBER() OVER (PARTITION BY window_start, candidate ORDER BY revision) AS number,
    LEAD(revision) OVER (PARTITION BY window_start, candidate ORDER BY revision) IS NULL AS last
  FROM analytics.amendments
) AS a
LEFT JOIN (
  SELECT window_start, candidate, {{integer "SUM(votes)"}} AS votes, MAX(revision) AS revision, MIN(updated_at) AS updated_at
  FROM core.vote_windows
  GROUP BY window_start, candidate
) AS w
  ON w.window_start = a.window_start AND w.candidate = a.candidate
WHERE a.revision != a.number
  OR a.last
    AND a.votes_after != COALESCE(w.votes, 0)
    AND NOT CASE
      WHEN w.votes IS NULL THEN COALESCE((SELECT MIN(updated_at) FROM core.vote_windows) > a.updated_at, TRUE)
      ELSE w.revision = 0 AND w.updated_at > a.updated_at
    END
ORDER BY a.window_start, a.candidate, a.revision
