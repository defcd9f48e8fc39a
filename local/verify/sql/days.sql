-- The days that the totals bear: one, or none before anything is counted.
SELECT STRING_AGG(CAST(election_date AS STRING), ', ' ORDER BY election_date) AS days, COUNT(*) AS count
FROM (
  SELECT election_date FROM analytics.candidate_totals
  UNION DISTINCT
  SELECT election_date FROM analytics.regional_turnout
  UNION DISTINCT
  SELECT election_date FROM analytics.demographic_analysis
)
