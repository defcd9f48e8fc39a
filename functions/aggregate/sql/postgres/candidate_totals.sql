-- Totals by candidate.
WITH s AS (
{{include "candidate_totals_counted" . | indent 2}}
),
gone AS (
  DELETE FROM analytics.candidate_totals AS t
  WHERE NOT EXISTS (SELECT FROM s WHERE s.election_date = t.election_date AND s.candidate = t.candidate)
)
INSERT INTO analytics.candidate_totals AS t (
  election_date, candidate, name, party, candidate_image, votes, share, updated_at
)
SELECT election_date, candidate, name, party, candidate_image, votes, share, @started::timestamptz
FROM s
ON CONFLICT (election_date, candidate) DO UPDATE SET
  name = excluded.name,
  party = excluded.party,
  candidate_image = excluded.candidate_image,
  votes = excluded.votes,
  share = excluded.share,
  updated_at = excluded.updated_at
WHERE t.votes != excluded.votes
  OR t.share != excluded.share
  OR t.name != excluded.name
  OR t.party IS DISTINCT FROM excluded.party
  OR t.candidate_image IS DISTINCT FROM excluded.candidate_image
