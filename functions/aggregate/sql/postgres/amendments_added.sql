-- The complete minutes whose votes this pass changes, by candidate.
INSERT INTO analytics.amendments (
  window_start, candidate, votes_before, votes_after, revision, watermark, updated_at
)
SELECT c.window_start, c.candidate, v.votes - c.votes, v.votes, a.amendments + 1, @complete_before::timestamptz, @started::timestamptz
FROM (
  SELECT window_start, candidate, sum(votes)::bigint AS votes
  FROM changed_cells
  WHERE window_start <= @complete_before::timestamptz - interval '1 minute'
  GROUP BY window_start, candidate
  HAVING sum(votes) != 0
) AS c
CROSS JOIN LATERAL (
  SELECT coalesce(sum(w.votes), 0)::bigint AS votes
  FROM core.vote_windows AS w
  WHERE w.window_start = c.window_start AND w.candidate = c.candidate
) AS v
CROSS JOIN LATERAL (
  SELECT count(*) AS amendments
  FROM analytics.amendments AS a
  WHERE a.window_start = c.window_start AND a.candidate = c.candidate
) AS a
