-- Totals by candidate: those on the ballot, with 0 until somebody votes for
-- them, and in an open ballot those whom votes name. None before a day is known.
MERGE analytics.candidate_totals AS t
USING (
  SELECT
    election_day AS election_date,
    COALESCE(b.id, v.candidate) AS candidate,
    COALESCE(b.name, v.candidate) AS name,
    NULLIF(b.party, '') AS party,
    COALESCE(NULLIF(b.portrait, ''), v.candidate_image) AS candidate_image,
    IFNULL(v.votes, 0) AS votes,
    IFNULL(SAFE_DIVIDE(v.votes, SUM(v.votes) OVER ()), 0) AS share
  FROM (SELECT id, name, party, portrait FROM UNNEST(@candidates)) AS b
  FULL JOIN (
    SELECT candidate, SUM(votes) AS votes, MAX(candidate_image) AS candidate_image
    FROM core.vote_hours
    GROUP BY candidate
  ) AS v
    ON v.candidate = b.id
  WHERE election_day IS NOT NULL
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
