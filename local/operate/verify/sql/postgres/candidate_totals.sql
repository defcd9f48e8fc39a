-- Votes by candidate. A candidate of the election without votes may have a row too.
SELECT candidate, votes, round((coalesce(votes::float8 / nullif(sum(votes) OVER (), 0)::float8, 0))::numeric, 9)::text AS share
FROM (
  SELECT candidate, sum(votes)::bigint AS votes
  FROM (
    SELECT candidate, votes FROM core.vote_hours
    UNION ALL
    SELECT candidate, 0 FROM analytics.candidate_totals
  ) AS r
  GROUP BY candidate
) AS c
