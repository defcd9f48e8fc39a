-- Totals by candidate.
MERGE INTO analytics.candidate_totals AS t
USING (
{{include "candidate_totals_counted" . | indent 2}}
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
