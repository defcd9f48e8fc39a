-- Votes by candidate. A candidate of the election without votes may have a row too.
SELECT candidate, votes, {{fraction (printf "COALESCE(%s, 0)" (ratio "votes" "SUM(votes) OVER ()"))}} AS share
FROM (
  SELECT candidate, {{integer "SUM(votes)"}} AS votes
  FROM (
    SELECT candidate, votes FROM core.vote_hours
    UNION ALL
    SELECT candidate, 0 FROM analytics.candidate_totals
  ) AS r
  GROUP BY candidate
) AS c
