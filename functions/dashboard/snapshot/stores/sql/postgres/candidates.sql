SELECT
  election_date::text,
  candidate,
  name,
  COALESCE(party, ''),
  COALESCE(candidate_image, ''),
  votes,
  updated_at
FROM analytics.candidate_totals
ORDER BY candidate
