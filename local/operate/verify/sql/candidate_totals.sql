-- Votes by candidate. Who has none may stand there too, once: the election
-- names candidates that nobody has voted for yet.
SELECT candidate, votes, FORMAT('%.9f', IFNULL(SAFE_DIVIDE(votes, SUM(votes) OVER ()), 0)) AS share
FROM (
  SELECT candidate, SUM(votes) AS votes
  FROM (
    SELECT candidate, votes FROM core.vote_hours
    UNION ALL
    SELECT candidate, 0 FROM analytics.candidate_totals
  )
  GROUP BY candidate
)
