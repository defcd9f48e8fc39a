-- Votes by candidate. A candidate of the election without votes may have a row too.
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
