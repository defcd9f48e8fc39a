SELECT
  state,
  registered,
  voted,
  updated_at
FROM analytics.regional_turnout
ORDER BY state
