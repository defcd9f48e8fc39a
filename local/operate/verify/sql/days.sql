-- All rows of the totals have the same day, or none before anything is counted.
SELECT COUNT(*) AS count,
  CONCAT('the totals bear several days: ', STRING_AGG({{text "election_date"}}, ', ' ORDER BY election_date)) AS text
FROM (
  SELECT election_date FROM analytics.candidate_totals
  UNION DISTINCT
  SELECT election_date FROM analytics.regional_turnout
  UNION DISTINCT
  SELECT election_date FROM analytics.demographic_analysis
) AS d
HAVING COUNT(*) > 1
