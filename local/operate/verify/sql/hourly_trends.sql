-- Votes by hour, region and candidate.
SELECT hour, state, candidate, {{integer "SUM(votes)"}} AS votes
FROM core.vote_hours
GROUP BY hour, state, candidate
