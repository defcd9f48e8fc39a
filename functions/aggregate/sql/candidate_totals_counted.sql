-- Candidates of the election file have 0 votes until somebody votes for them. In an open
-- ballot the candidates are those whom votes name. There is no row before the election day is
-- known. The portrait is the election file's, else the one of the earliest vote, without its
-- sort key of 49 characters (see vote_windows_counted.sql).
SELECT
  CAST({{variable "election_day"}} AS DATE) AS election_date,
  candidate,
  COALESCE(MAX(name), candidate) AS name,
  NULLIF(MAX(party), '') AS party,
  COALESCE(NULLIF(MAX(portrait), ''), SUBSTR(MIN(candidate_image), 50)) AS candidate_image,
  {{integer "SUM(votes)"}} AS votes,
  COALESCE({{ratio "SUM(votes)" "SUM(SUM(votes)) OVER ()"}}, 0) AS share
FROM (
  SELECT id AS candidate, name, party, portrait, NULL AS candidate_image, 0 AS votes
  FROM {{candidates}}
  UNION ALL
  SELECT candidate, NULL, NULL, NULL, candidate_image, votes
  FROM core.vote_hours
) AS r
WHERE CAST({{variable "election_day"}} AS DATE) IS NOT NULL
GROUP BY candidate
