-- Totals by candidate. Candidates of the election file have 0 votes until somebody
-- votes for them. In an open ballot the candidates are those whom votes name. There is
-- no row before the election day is known. The portrait is the election file's, else
-- the one of the earliest vote, without its sort key of 49 characters (see
-- vote_windows.sql).
WITH s AS (
  SELECT
    @election_day::date AS election_date,
    candidate,
    coalesce(max(name), candidate) AS name,
    nullif(max(party), '') AS party,
    coalesce(nullif(max(portrait), ''), substr(min(candidate_image), 50)) AS candidate_image,
    sum(votes)::bigint AS votes,
    coalesce(sum(votes)::double precision / nullif(sum(sum(votes)) OVER (), 0)::double precision, 0) AS share
  FROM (
    SELECT id AS candidate, name, party, portrait, NULL::text AS candidate_image, 0 AS votes
    FROM jsonb_to_recordset(@candidates::jsonb) AS c (id text, name text, party text, portrait text)
    UNION ALL
    SELECT candidate, NULL, NULL, NULL, candidate_image, votes
    FROM core.vote_hours
  ) AS r
  WHERE @election_day::date IS NOT NULL
  GROUP BY candidate
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
