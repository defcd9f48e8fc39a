-- All rows of the totals have the same day, or none before anything is counted.
SELECT count(*) AS count,
  concat('the totals bear several days: ', string_agg(election_date::text, ', ' ORDER BY election_date)) AS text
FROM (
  SELECT election_date FROM analytics.candidate_totals
  UNION
  SELECT election_date FROM analytics.regional_turnout
  UNION
  SELECT election_date FROM analytics.demographic_analysis
) AS d
HAVING count(*) > 1
