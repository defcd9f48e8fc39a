SELECT
  state,
  gender,
  string_agg(age_group || '|' || registered || ' ' || voted, '|') AS figures,
  max(updated_at) AS updated_at
FROM analytics.demographic_analysis
GROUP BY state, gender
