-- Votes by hour, region and candidate.
SELECT hour, state, candidate, sum(votes)::bigint AS votes
FROM core.vote_hours
GROUP BY hour, state, candidate
