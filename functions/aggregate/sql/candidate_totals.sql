-- Totals by candidate. Candidates of the election file have 0 votes until somebody
-- votes for them. In an open ballot the candidates are those whom votes name. There is
-- no row before the election day is known. The portrait is the election file's, else
-- the one of the earliest vote, without its sort key of 49 characters (see
-- vote_windows.sql).
MERGE analytics.candidate_totals AS t
USING (
  SELECT
    election_day AS election_date,
    candidate,
    COALESCE(MAX(name), candidate) AS name,
    NULLIF(MAX(party), '') AS party,
    COALESCE(NULLIF(MAX(portrait), ''), SUBSTR(MIN(candidate_image), 50)) AS candidate_image,
    SUM(votes) AS votes,
    IFNULL(SAFE_DIVIDE(SUM(votes), SUM(SUM(votes)) OVER ()), 0) AS share
  FROM (
    SELECT id AS candidate, name, party, portrait, NULL AS candidate_image, 0 AS votes
    FROM UNNEST(@candidates)
    UNION ALL
    SELECT candidate, NULL, NULL, NULL, candidate_image, votes
    FROM core.vote_hours
  )
  WHERE election_day IS NOT NULL
  GROUP BY candidate
) AS s
ON t.election_date = s.election_date AND t.candidate = s.candidate
WHEN MATCHED AND (
  t.votes != s.votes
  OR t.share != s.share
  OR t.name != s.name
  OR t.party IS DISTINCT FROM s.party
  OR t.candidate_image IS DISTINCT FROM s.candidate_image
) THEN UPDATE SET
  name = s.name,
  party = s.party,
  candidate_image = s.candidate_image,
  votes = s.votes,
  share = s.share,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  election_date, candidate, name, party, candidate_image, votes, share, updated_at
) VALUES (
  s.election_date, s.candidate, s.name, s.party, s.candidate_image, s.votes, s.share, @started
)
WHEN NOT MATCHED BY SOURCE THEN DELETE
