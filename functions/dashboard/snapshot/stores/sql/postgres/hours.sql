-- The hours of a candidate in a region are one row: unpacking a text costs less than
-- thousands of rows.
SELECT
  state,
  candidate,
  string_agg(concat_ws(' ', extract(epoch FROM hour)::bigint, votes, revision), ' ') AS hours,
  max(updated_at) AS updated_at
FROM analytics.hourly_trends
GROUP BY state, candidate
