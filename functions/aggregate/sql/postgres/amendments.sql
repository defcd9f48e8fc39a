-- Rebuilds run this, a pass doesn't: see amendments_added.sql.
-- The complete minutes whose votes have changed, by candidate.
INSERT INTO analytics.amendments (
  window_start, candidate, votes_before, votes_after, revision, watermark, updated_at
)
SELECT
  window_start, candidate, sum(before), sum(after), sum(amendments) + 1, @complete_before::timestamptz, @started::timestamptz
FROM (
  SELECT window_start, candidate, votes AS before, 0 AS after, 0 AS amendments
  FROM published
  UNION ALL
  SELECT v.window_start, v.candidate, 0, v.votes, 0
  FROM (SELECT DISTINCT window_start FROM touched_windows WHERE source = 'votes') AS w
  JOIN core.vote_windows AS v ON v.window_start = w.window_start
  UNION ALL
  SELECT a.window_start, a.candidate, 0, 0, 1
  FROM (SELECT DISTINCT window_start FROM touched_windows WHERE source = 'votes') AS w
  JOIN analytics.amendments AS a ON a.window_start = w.window_start
) AS r
WHERE window_start <= @complete_before::timestamptz - interval '1 minute'
GROUP BY window_start, candidate
HAVING sum(before) != sum(after)
